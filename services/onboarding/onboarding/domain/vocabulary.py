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
    """How close the partnership is; the catalogue uses it."""

    REGISTERED = "registered"
    SELECT = "select"
    PREMIER = "premier"


class Product(StrEnum):
    """Products that a partner may wish for and get."""

    CLOUD_SANDBOX = "cloud_sandbox"
    ANALYTICS = "analytics"
    CRM = "crm"
    IOT = "iot"


class Competence(StrEnum):
    """The partner's areas of expertise."""

    CLOUD = "cloud"
    DATA = "data"
    CRM = "crm"
    IOT = "iot"
    SECURITY = "security"
    AI = "ai"
    EDGE = "edge"
    TRAINING = "training"


class Language(StrEnum):
    """The languages of pages and mails."""

    DE = "de"
    EN = "en"
