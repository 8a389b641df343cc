# SPDX-License-Identifier: MIT
"""What all tests of the finished program share: the program itself, the readers of its tables, comparable values."""
