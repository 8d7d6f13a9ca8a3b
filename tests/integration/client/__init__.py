"""The client against a served hub: its command as a process of its own, its library in this one."""
