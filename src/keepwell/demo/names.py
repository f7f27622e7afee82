"""What are the customers and the people called? Fictitious names, natural to read, unique at any size."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keepwell.demo.columns import Column, join, words
from keepwell.demo.settings import Ints

INDUSTRIES = (
    "Food", "Logistics", "Manufacturing", "Health", "Retail", "Energy", "Software", "Hospitality",
)  # fmt: skip

_KINDS = (
    ("Foods", "Dairies", "Mills", "Kitchens", "Orchards"),
    ("Logistics", "Freight", "Shipping", "Couriers", "Warehousing"),
    ("Works", "Tools", "Components", "Steel", "Instruments"),
    ("Clinics", "Diagnostics", "Pharma", "Care", "Dental"),
    ("Stores", "Home", "Outfitters", "Books", "Market"),
    ("Energy", "Solar", "Grid", "Hydro", "Renewables"),
    ("Software", "Systems", "Labs", "Analytics", "Cloud"),
    ("Hotels", "Resorts", "Travel", "Dining", "Events"),
)

_NATURE = (
    "Aster", "Birch", "Cedar", "Dahlia", "Elder", "Fennel", "Gentian", "Hazel", "Iris", "Juniper", "Kestrel", "Larch",
    "Maple", "Nettle", "Osprey", "Poplar", "Quince", "Rowan", "Sorrel", "Tansy", "Umber", "Verbena", "Willow", "Yarrow",
    "Alder", "Bramble", "Clover", "Damson", "Ember", "Foxglove", "Gorse", "Heather", "Ivy", "Jasmine", "Kelp", "Laurel",
    "Marram", "Needle", "Olive", "Pine", "Quarry", "Ridge", "Sage", "Thistle", "Upland", "Vale", "Wren", "Yew",
    "Amber", "Basalt", "Copper", "Delta", "Estuary", "Fjord", "Granite", "Harbour", "Inlet", "Jade", "Kite", "Lagoon",
    "Meadow", "Northwind", "Oak", "Pebble", "Quartz", "Reed", "Slate", "Tern", "Ursa", "Violet", "Wicker", "Zephyr",
    "Acorn", "Beacon", "Cobalt", "Dune", "Elm", "Fern", "Glacier", "Heron", "Indigo", "Jackdaw", "Kingfisher", "Linden",
    "Moss", "Nightjar", "Otter", "Plover", "Quill", "Raven", "Sparrow", "Tidewater", "Umbra", "Vesper", "Walnut",
    "Yonder", "Anchor", "Bluebell", "Cypress", "Dovetail", "Eider", "Falcon", "Grove", "Hawthorn", "Isle", "Jetty",
    "Kernel", "Lark", "Mistral", "Nimbus", "Orchid", "Primrose", "Quay", "River", "Saffron", "Teasel", "Unity",
    "Vireo", "Waterline", "Zinnia",
)  # fmt: skip

_PLACES = (
    "", "Lyon", "Bergen", "Porto", "Leeds", "Graz", "Turku", "Ghent", "Cork", "Turin", "Aarhus", "Utrecht", "Gdansk",
    "Seville", "Basel", "Bristol", "Malmö", "Toronto", "Austin", "Boston", "Denver", "Bremen", "Nantes", "Trieste",
)  # fmt: skip

_PEOPLE = (
    ("Anna Jonas Katrin Lukas Miriam Felix Sabine Tobias Nora Matthias",
     "Weber Brandt Keller Vogel Lindner Hofmann Seidel Arnold Busch Kraus"),
    ("Camille Hugo Élodie Julien Manon Antoine Claire Mathieu Solène Bastien",
     "Moreau Lefèvre Garnier Rousseau Chevalier Perrin Faure Lambert Mercier Colin"),
    ("Olivia Harry Imogen Callum Freya Rhys Niamh Ewan Beth Owen",
     "Whitfield Hughes Campbell Ashworth Doyle Fraser Pritchard Barlow Kavanagh Mercer"),
    ("Lucía Diego Carmen Álvaro Inés Javier Marta Sergio Elena Pablo",
     "Navarro Romero Iglesias Serrano Castillo Molina Ortega Vidal Campos Herrera"),
    ("Ingrid Lars Sigrid Henrik Astrid Magnus Solveig Anders Liv Eirik",
     "Dahl Lindqvist Haugen Nyström Berg Solberg Ekholm Strand Holm Aalto"),
    ("Priya Arjun Ananya Rohan Kavya Vikram Meera Aditya Nisha Sanjay",
     "Iyer Kapoor Menon Desai Banerjee Chopra Reddy Joshi Nair Malhotra"),
    ("Mei Wei Xiu Jun Lan Hao Ying Bo Qing Ming",
     "Chen Zhang Liu Huang Zhao Wu Zhou Sun Lin Gao"),
    ("Amara Kwame Zainab Chidi Adaeze Kofi Folake Emeka Abena Tunde",
     "Okafor Mensah Adeyemi Boateng Eze Asante Balogun Owusu Nwosu Diallo"),
    ("Layla Omar Yasmin Karim Nadia Tariq Salma Hassan Rania Samir",
     "Haddad Mansour Farouk Khalil Nasser Rahman Aziz Saleh Bakri Hamdan"),
    ("Yuki Haruto Aiko Ren Sakura Daichi Hana Kenji Emi Takumi",
     "Tanaka Sato Yamamoto Ito Nakamura Kobayashi Mori Fujita Ogawa Hayashi"),
    ("Zofia Marek Agnieszka Piotr Katarzyna Tomasz Ewa Jakub Hanna Michał",
     "Nowak Kowalska Zieliński Wójcik Mazur Lewandowski Dudek Pawlak Sikora Baran"),
    ("Sofia Mateus Beatriz Thiago Larissa Rafael Camila Bruno Helena Caio",
     "Almeida Ferreira Barbosa Carvalho Teixeira Moura Ribeiro Azevedo Nunes Cardoso"),
)  # fmt: skip


def company_names(industry: Ints, dice: np.random.Generator) -> Column:
    """A name for each company: a thing of nature and its trade ("Aster Foods"); a place where those run out."""
    order = np.stack([dice.permutation(len(_NATURE)) for _ in INDUSTRIES])
    rank = _rank_within(industry, len(INDUSTRIES))
    kinds = len(_KINDS[0])
    nature = order[industry, rank % len(_NATURE)]
    kind = (rank + rank // len(_NATURE)) % kinds
    place = rank // (len(_NATURE) * kinds)
    parts = [words(_NATURE, nature), words([kind for row in _KINDS for kind in row], industry * kinds + kind),
             words(_PLACES, place % len(_PLACES)), _number(place // len(_PLACES) + 1)]  # fmt: skip
    return _tidy(join(parts, " "))


def person_names(count: int, dice: np.random.Generator) -> Column:
    """A name for each person: given and family name of one culture; a middle initial where those run out."""
    culture = dice.integers(0, len(_PEOPLE), count)
    rank = _rank_within(culture, len(_PEOPLE))
    given = [name for first, _ in _PEOPLE for name in first.split()]
    family = [name for _, last in _PEOPLE for name in last.split()]
    shift = dice.integers(0, 10, len(_PEOPLE))[culture]
    first = culture * 10 + rank % 10
    last = culture * 10 + (rank // 10 + rank * 3 + shift) % 10
    initials = ["", *[f"{letter}." for letter in "ABCDEFGHIJKLMNOPRSTVW"]]
    middle = words(initials, rank // 100 % len(initials))
    extra = _number(rank // (100 * len(initials)) + 1)
    return _tidy(join([words(given, first), middle, words(family, last), extra], " "))


def emails(names: Column, numbers: Ints) -> Column:
    """A work address for each person; the number keeps two of one name apart."""
    plain = pc.utf8_lower(pc.replace_substring_regex(cast("Any", names), r"[^\p{L}]+", "."))
    return join([plain, pc.cast(pa.array(numbers), pa.string()), "@acme.example"])


def split_names(names: Column) -> tuple[Column, Column]:
    """Given name, and all behind it."""
    text = cast("Any", names)
    given = pc.replace_substring_regex(text, " .*", "")
    return given, pc.replace_substring_regex(text, "^[^ ]+ ", "")


def _tidy(names: Column) -> Column:
    """Without the gaps that empty parts leave."""
    single: Any = pc.replace_substring_regex(cast("Any", names), " +", " ")
    return cast("Column", pc.utf8_rtrim_whitespace(single))


def _number(values: Ints) -> Column:
    text = pc.cast(pa.array(values), pa.string())
    return cast("Column", pc.if_else(pa.array(values > 1), text, ""))


def _rank_within(group: Ints, groups: int) -> Ints:
    """0, 1, 2 … within each group, in the order of the rows."""
    order = np.argsort(group, kind="stable")
    counts = np.bincount(group, minlength=groups)
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - np.repeat(np.cumsum(counts) - counts, counts)
    return rank
