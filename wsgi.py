from remixhub.app import create_app
from remixhub.config import Settings

app = create_app(Settings.from_env())
