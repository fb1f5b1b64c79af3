"""The page: one map on the left that everything shares, and beside it a tab for each thing that one can do."""
