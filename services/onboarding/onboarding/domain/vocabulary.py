"""The closed lists of words that applications, decisions and events use."""

from enum import StrEnum


class PartnerType(StrEnum):
    """What kind of business the partner runs."""

    RESELLER = "reseller"
    SYSTEM_INTEGRATOR = "system_integrator"
    SOFTWARE_VENDOR = "software_vendor"
    MACHINE_BUILDER = "machine_builder"
    CONSULTANCY = "consultancy"
    TRAINING_PROVIDER = "training_provider"


class Tier(StrEnum):
    """How close the partnership is; the catalogue reads it."""

    REGISTERED = "registered"
    SELECT = "select"
    PREMIER = "premier"


class Product(StrEnum):
    """What a partner may wish for and be given."""

    CLOUD_SANDBOX = "cloud_sandbox"
    ANALYTICS = "analytics"
    CRM = "crm"
    IOT = "iot"


class Competence(StrEnum):
    """What the partner is good at."""

    CLOUD = "cloud"
    DATA = "data"
    CRM = "crm"
    IOT = "iot"
    SECURITY = "security"
    AI = "ai"
    EDGE = "edge"
    TRAINING = "training"


class Language(StrEnum):
    """The languages we speak to people in."""

    DE = "de"
    EN = "en"
