"""`python -m local_stack.stand_ins aws|scim|mail|issuer …`: one stand-in in the foreground."""

from local_stack.stand_ins.run_command import run

if __name__ == "__main__":
    run()
