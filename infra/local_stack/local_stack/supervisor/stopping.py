"""`gangway down`: stops everything in order, and kills what does not stop."""

from collections.abc import Callable

from local_stack.machine.running import await_end
from local_stack.settings import StackSettings
from local_stack.supervisor.leftovers import end_leftovers
from local_stack.supervisor.state_file import RunFolder

PATIENCE_SECONDS = 90.0


def stop_stack(settings: StackSettings, say: Callable[[str], None]) -> bool:
    """Stop the stack and return when all of it is gone; return False if nothing was running."""
    run_folder = RunFolder(settings.home)
    state = run_folder.read()
    if state is None:
        return False
    supervisor = state.supervisor.process()
    if supervisor is not None:
        supervisor.terminate()
        if await_end([supervisor], PATIENCE_SECONDS):
            say(f"the supervisor did not stop within {PATIENCE_SECONDS:.0f} s: killed")
            supervisor.kill()
    for name in end_leftovers(state):
        say(f"{name} was left over: ended")
    run_folder.forget()
    return supervisor is not None
