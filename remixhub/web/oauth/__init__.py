"""Pages of apps that act for people: consent, codes of devices, which apps there are, and one's own."""

from remixhub.web.oauth import apps, authorize, devices

BLUEPRINTS = (authorize.blueprint, devices.blueprint, apps.blueprint)
