"""From the dose of an animal to that of a human: by body size, by Km factors, and by delivery to cells."""

from hepasome.translation._delivery import SOLUBLE, Delivery, Giving, matching_factors
from hepasome.translation._drivers import Driver, drivers
from hepasome.translation._indications import (
    SYSTEM,
    TranslationClaim,
    all_indications,
    animal_studies,
    claims,
    translations,
)
from hepasome.translation._result import HumanDose, Interval, Translation
from hepasome.translation._scaling import KmFactor, allometric_dose, constants, km_dose, km_factors
from hepasome.translation._translate import CELL_WORDS, DRAWS, translate
from hepasome.translation._words import amount, amounts, two_digits

__all__ = [
    "CELL_WORDS",
    "DRAWS",
    "SOLUBLE",
    "SYSTEM",
    "Delivery",
    "Driver",
    "Giving",
    "HumanDose",
    "Interval",
    "KmFactor",
    "Translation",
    "TranslationClaim",
    "all_indications",
    "allometric_dose",
    "amount",
    "amounts",
    "animal_studies",
    "claims",
    "constants",
    "drivers",
    "km_dose",
    "km_factors",
    "matching_factors",
    "translate",
    "translations",
    "two_digits",
]
