"""One odd state for all stores."""

import pytest
from stackholder.state.state import State
from states import odd_state


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> State:
    """The state of `states.odd_state`."""
    return odd_state(tmp_path_factory.mktemp("odd"))
