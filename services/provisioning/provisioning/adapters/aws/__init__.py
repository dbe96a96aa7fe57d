"""The steps that happen in AWS, one file for each system reached."""
