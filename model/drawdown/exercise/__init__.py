"""The exercise for a class: roles, turns, what each team may know, and the room that keeps it."""
