"""The hub as a house: name, imprint, rules, who may come in, invitations."""
