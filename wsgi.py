import gc

from remixhub.app import create_app
from remixhub.config import Settings

app = create_app(Settings.from_env())
gc.freeze()  # what is there by now stays for good: no collection between requests looks through it again
