"""Rules for cfn-lint that hold the template against what AWS refuses and its own rules do not know. `make lint` gives this package to
cfn-lint; `planted.py` plants a fault for each rule, and fails where one goes unnoticed."""

from .alarms import Alarms, Policies
from .fifo import Fifo, Visibility
from .one_resource import OneResource
from .stage import Stage

__all__ = ["Alarms", "Fifo", "OneResource", "Policies", "Stage", "Visibility"]
