"""The demonstration department: an invented hospital department with four quarters to look at.

`content` makes frozen values (no Django), `steps` feeds them through the actions that the pages use,
`management/commands/demo.py` runs the steps. Nothing imports this app; a deployment may leave it out.
"""
