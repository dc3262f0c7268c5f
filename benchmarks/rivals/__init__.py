"""The servers that ours is compared with: the least code that each library needs.

All do the same: answer a join, and send every message to everybody with an id, a time and a name.
"""
