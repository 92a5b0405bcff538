"""The forms a chart can take, each in a module of the same name; `sourcebook.charts` hands out the functions."""
