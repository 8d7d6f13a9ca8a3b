"""The README's tour by curl in short, as `make run` prints it: with the address that the hub has."""

_TOUR = """\
A tour by curl; README.md has the whole of it, from a stem to a remix:

  HUB=@/api/v1
  JSON='Content-Type: application/json'
  curl -s $HUB/works                       # what is published
  curl -s $HUB/accounts -H "$JSON" -d \\
    '{"handle": "tour", "email": "tour@example.org", "password": "a sentence only I know"}'
  curl -s -c jar $HUB/sessions -H "$JSON" -d '{"login": "tour", "password": "a sentence only I know"}'
  curl -s -b jar $HUB/tokens -H "$JSON" -d '{"name": "tour", "scopes": ["read", "publish"]}'
  TOKEN=rh_…                               # the `token` of that answer
  curl -s -H "Authorization: Bearer $TOKEN" $HUB/account

The API is described at @/api/v1/docs."""
_COMMANDS = """
Commands for operators find this hub by themselves, in this folder and while it runs:

  .venv/bin/python -m remixhub doctor      # or make-operator HANDLE, jobs list, verify-address HANDLE"""


def tour(url: str, *, is_found_by_commands: bool) -> str:
    return (_TOUR + (_COMMANDS if is_found_by_commands else "")).replace("@/", f"{url}/")
