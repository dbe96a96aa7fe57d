"""`gangway faults`: real partners under real faults; then all that was sent is held against what is there.

run.py        one run: stack, load, chaos, quiet, collection, verdict
stories.py    what each partner does          chaos.py      who is killed, stopped, cut, and when
facts.py      what was found afterwards       checks/       pure functions from facts to differences
"""
