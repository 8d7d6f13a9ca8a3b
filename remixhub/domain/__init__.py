"""The ground floor: pure rules over plain values.

Imports the standard library and nothing else; does no I/O and reads no clock.
Everything above may use it.
"""
