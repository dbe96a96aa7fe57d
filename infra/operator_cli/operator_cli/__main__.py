"""`python -m operator_cli`: the `gangway` command."""

from operator_cli.command import main

if __name__ == "__main__":
    main()
