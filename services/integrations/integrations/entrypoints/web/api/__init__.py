"""The JSON API: thin views that check input, call one handler and describe the outcome."""
