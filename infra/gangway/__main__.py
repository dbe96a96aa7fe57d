"""`python -m gangway`."""

from gangway.cli import main

if __name__ == "__main__":
    main()
