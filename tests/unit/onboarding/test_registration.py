"""One company, one number: however it is written, and only if its register can have it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.text.countries import COUNTRIES
from onboarding.adapters.rules_file import read_rules
from onboarding.domain.registers import READERS, read_registration
from onboarding.domain.registration import Verdict
from onboarding.entrypoints.web.pages.form_words import REGISTERS
from onboarding.settings import CONFIG

SAME = {
    ("FR", "552100554"): [
        "552 100 554",
        "55210055400013",
        "552 100 554 00013",
        "552 100 554 R.C.S. Paris",
        "RCS Paris B 552 100 554",
        "R.C.S. PARIS 552100554",
        "SIREN 552 100 554",
        "552.100.554",
        "552\u00a0100\u00a0554",
        "\uff15\uff15\uff12\uff11\uff10\uff10\uff15\uff15\uff14",
    ],
    ("FR", "303265045"): ["FR40 303 265 045", "FR40303265045", "TVA FR40 303 265 045"],
    ("FR", "356000000"): ["356 000 000 00048", "356000000"],
    ("DE", "HRB12345"): [
        "HRB 12345",
        "hrb12345",
        "HRB-12.345",
        "HRB 012345",
        "HRB Nr. 12345",
        "Handelsregisternummer: HRB 12345",
        "H\u00adRB 12345",
        "HR\u0412 12345",
        "\uff28\uff32\uff22\u300012345",
    ],
    ("DE", "HRB12345 MUNCHEN"): [
        "HRB 12345 M\u00fcnchen",
        "HRB 12345, Amtsgericht M\u00fcnchen",
        "Amtsgericht Muenchen, HRB 12345",
        "AG M\u00dcNCHEN HRB12345",
        "HRB 12345 AG M\u00fcnchen",
        "Handelsregister beim Amtsgericht M\u00fcnchen HRB 12345",
        # As it stands in imprints, from which people copy it.
        "Registergericht: Amtsgericht M\u00fcnchen, Registernummer: HRB 12345",
        "Eingetragen im Handelsregister des Amtsgerichts M\u00fcnchen unter HRB 12345",
        "Sitz der Gesellschaft: Ulm, Amtsgericht M\u00fcnchen, HRB 12345",
        "Registereintrag: HRB 12345, Registergericht M\u00fcnchen",
        "Commercial Register of the Local Court of Munich, HRB 12345",
    ],
    ("DE", "HRB7 BADHOMBURGVDH"): ["HRB 7 Bad Homburg", "Amtsgericht Bad Homburg v.d.H., HRB 7"],
    ("DE", "HRB7 BADKREUZNACH"): ["HRB 7 Bad Kreuznach", "AG Bad Kreuznach HRB 7"],
    ("DE", "HRB7 FRANKFURTODER"): ["HRB 7 Frankfurt (Oder)", "AG Frankfurt Oder HRB 7"],
    ("DE", "HRB7P POTSDAM"): ["HRB 7 P Potsdam", "Amtsgericht Potsdam HRB 7 P"],
    ("DE", "HRB12345 BERLINCHARLOTTENBURG"): [
        "HRB 12345 B",
        "HRB 12345 Berlin",
        "Amtsgericht Charlottenburg HRB 12345 B",
        "Berlin (Charlottenburg) HRB 12345",
    ],
    ("DE", "HRB7 ULM"): [
        *("HRB 7 Ulm", "AG Ulm HRB 7"),
        *("Sitz: Bad Homburg, HRB 7 Amtsgericht Ulm", "HRB 7, Amtsgericht Ulm, Sitz: Bad Homburg"),
    ],
    ("DE", "HRA7 LUBECK"): ["HRA 7 HL", "HRA 7 Luebeck", "HR A 7 L\u00fcbeck"],
    ("GB", "01234567"): [
        "01234567",
        "1234567",
        "Company No. 01234567",
        "GB 01234567",
        "company number 1234567",
    ],
    ("GB", "SC012345"): ["SC012345", "SC 12345", "sc-012345", "Registered in Scotland No. SC012345"],
    ("GB", "IP12345R"): ["IP12345R"],
    ("CH", "CHE100155212"): [
        "CHE-100.155.212",
        "CHE100155212",
        "CHE-100.155.212 MWST",
        "che 100 155 212 TVA",
    ],
    ("AT", "122119M"): [
        "FN 122119m",
        "FN122119 M",
        "122119m",
        "FN 122.119 m",
        "Firmenbuchnummer: FN 122119 m, Firmenbuchgericht: Handelsgericht Wien",
    ],
    ("NO", "923609016"): ["923 609 016", "NO 923 609 016 MVA", "Foretaksregisteret NO 923 609 016"],
    ("NL", "01234567"): ["01234567", "1234567", "KvK 01234567", "KVK-nummer 01234567".replace("-nummer", "")],
    ("BE", "0403019261"): ["0403.019.261", "BE 0403.019.261", "403.019.261"],
    ("DK", "13585628"): ["DK-13585628", "CVR 13 58 56 28"],
    ("FI", "20774740"): ["2077474-0", "FI20774740", "FI-2077474-0"],
    ("SE", "5560360793"): ["556036-0793", "5560360793", "Org.nr 556036-0793", "SE556036079301"],
    ("ES", "B58378431"): ["B-58378431", "ESB58378431", "b 58.378.431"],
    ("IT", "00743110157"): ["00743110157", "IT 00743110157"],
    ("PL", "KRS0000127206"): ["KRS 0000127206", "0000127206"],
    ("AU", "004085616"): ["ACN 004 085 616", "004085616"],
    ("BR", "12ABC34501DE35"): ["12.ABC.345/01DE-35", "CNPJ: 12abc34501de35", "12 ABC 345 01DE 35"],
    ("CY", "HE123456"): ["HE 123456", "\u0397\u0395 123456", "Reg. No. 123456", "C 123456"],
    ("GR", "122204101000"): ["122204101000", "\u0393.\u0395.\u039c\u0397. 122204101000", "GEMI 122204101000"],
    ("GR", "094019245"): ["EL094019245", "\u0391\u03a6\u039c 094019245"],
    ("HU", "0110041683"): ["01-10-041683", "Cg. 01-10-041683", "0110041683"],
    ("HU", "10625790"): ["10625790-4-44", "HU10625790", "HU 106 257 90"],
    ("IE", "104547"): ["104547", "CRO No. 104547", "0104547", "104 547"],
    ("IS", "6312051780"): ["631205-1780", "kt. 631205-1780", "6312051780"],
    ("LI", "FL00021234567"): ["FL-0002.123.456-7", "FL 0002 123 456 7", "00021234567"],
    ("LT", "111950581"): ["111950581", "\u012fmon\u0117s kodas 111950581", "LT-111950581"],
    ("LU", "B12345"): ["B 12345", "R.C.S. Luxembourg B12345", "RCS Luxembourg B 012345", "B 12.345"],
    ("LV", "40003245752"): ["40003245752", "Re\u0123. Nr. 40003245752", "LV40003245752"],
    ("MT", "C12345"): ["C 12345", "Company number C12345", "12345", "C 12 345"],
    ("RO", "18547290"): [
        *("18547290", "RO 185 472 90", "CUI: 18547290", "C.I.F. 18 547 290", "C.F. 18 547 290"),
    ],
    ("RO", "J40 8302 1997"): [
        *("J40/8302/1997", "J 40/8302/05.05.1997", "J1997008302407"),
        *("J40/8302/1997 Bucure\u0219ti", "J40/008302/1997, CUI 18547290"),
    ],
    ("RO", "F40 123 2010"): ["F40/123/2010", "P.F.A. F40/123/15.03.2010"],
    ("RO", "C02 7 2008"): ["C2/7/2008"],
    ("SK", "36631124"): ["36 631 124", "I\u010cO: 36631124", "36631124"],
    ("US", "124471902"): ["US 12-4471902", "124471902"],
    ("US", "DE4471902"): ["DE-4471902", "de 4471902", "No. DE-4471902"],
}


@pytest.mark.parametrize(
    ("country", "key", "number"),
    [(country, key, number) for (country, key), numbers in SAME.items() for number in numbers],
)
def test_spellings_of_one_number(country: str, key: str, number: str) -> None:
    registration = read_registration(country, number)
    assert registration.key == key
    assert registration.verdict is Verdict.FINE


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("FR", "552 100 555"),
        ("FR", "552 100 555 R.C.S. Paris"),
        ("FR", "55210055400014"),
        ("CH", "CHE-114.567.893"),
        ("NO", "923609017"),
        ("BE", "0403.019.262"),
        ("DK", "13585629"),
        ("FI", "2077474-1"),
        ("SE", "556036-0794"),
        ("ES", "B58378432"),
        ("IT", "00743110158"),
        ("AU", "004 085 617"),
        ("PT", "501964844"),
        ("BR", "12.ABC.345/01DE-36"),
        ("GR", "094019246"),
        ("HU", "10625791-4-44"),
        ("LT", "111950582"),
        ("LV", "40003245753"),
        ("RO", "18547291"),
        ("RO", "J1997008302406"),
        ("SK", "36631125"),
    ],
)
def test_a_check_digit_that_is_wrong(country: str, number: str) -> None:
    assert read_registration(country, number).verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("DE", "banana"),
        ("DE", "HRB 12345 Entenhausen"),
        ("DE", "HRB"),
        ("DE", "HRB 123456789"),
        ("FR", "12"),
        ("GB", "ABC1234"),
        ("CH", "CH-020.3.020.910-7"),
        ("AT", "12"),
        ("NO", "12"),
        ("NL", "12"),
        ("NL", "NL001234567B01"),
        ("CY", "OE 12"),
        ("CY", "10259033P"),
        ("GR", "12"),
        ("HU", "12"),
        ("HU", "10625791"),
        ("IE", "IE6388047V"),
        ("IT", "P. IVA 1234567"),
        ("LI", "12"),
        ("LU", "LU12345678"),
        ("LU", "12345"),
        ("LT", "12"),
        ("MT", "OC 12"),
        ("RO", "1"),
        ("RO", "J40/8302/97"),
        ("SK", "SK2020273893"),
    ],
)
def test_a_number_for_a_person_to_look_at(country: str, number: str) -> None:
    assert read_registration(country, number).verdict is Verdict.ODD


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        ("HRB 1", "HRB 1", True),
        ("HRB 1", "HRB 1 Bonn", True),
        ("HRB 1 Bonn", "HRB 1", True),
        ("HRB 1 Bonn", "HRB 1 Amtsgericht Bonn", True),
        ("HRB 1 Bonn", "HRB 1 Ulm", False),
        ("HRB 1", "HRA 1", False),
        ("HRB 1", "HRB 11", False),
    ],
)
def test_a_number_is_unique_per_court_only(one: str, other: str, may_be: bool) -> None:
    assert read_registration("DE", one).may_be(read_registration("DE", other)) is may_be


@given(
    st.sampled_from(sorted(COUNTRIES)),
    st.text(max_size=64) | st.from_regex(r"[A-Z ]{0,6}[0-9. -]{5,16}[A-Z ]{0,9}"),
)
def test_any_text_has_one_canonical_form(country: str, number: str) -> None:
    once = read_registration(country, number)
    again = read_registration(country, once.key)
    assert again.key == once.key
    assert again.verdict is once.verdict or not once.key


@pytest.mark.parametrize("country", REGISTERS)
def test_what_the_form_calls_a_number_may_stand_before_it(country: str) -> None:
    name, example = REGISTERS[country].name, REGISTERS[country].example
    expected = read_registration(country, example)
    assert expected.verdict is Verdict.FINE
    written = [f"{name} {example}", f"{name}: {example}", f"  {example.lower()} ", f"{example}."]
    if country != "DE":  # where words make the court
        joined = re.sub("[ .-]", "", example)
        written += [joined, f"{country}{joined}"]
    for number in written:
        assert read_registration(country, number) == expected


def test_whoever_a_rule_approves_has_a_register_that_is_read() -> None:
    """Else one company is as many as its number has spellings."""
    rules = read_rules(CONFIG / "rules.yaml")
    assert {country for rule in rules.approval for country in rule.countries} <= READERS.keys()
