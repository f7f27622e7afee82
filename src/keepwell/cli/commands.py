"""Which commands are there, in the order in which one meets them? Each names the function that answers it."""

from __future__ import annotations

from dataclasses import dataclass

from keepwell import __version__


@dataclass(frozen=True)
class Command:
    """A command: its words, what follows them, the function behind it (`module:function`), and one line."""

    name: str
    takes: str
    function: str
    says: str


GROUPS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    (
        "Begin",
        (
            Command("demo", "DIR", "start:demo", "make a company to try, collect it, run it, write its report"),
            Command("init", "[DIR [FILE…]]", "start:init", "a new project, from your exports"),
            Command("check", "", "start:check", "is everything in order: configuration, sources, plans, measures?"),
        ),
    ),
    (
        "Every month",
        (
            Command("collect", "[SOURCE…]", "facts:collect", "bring the sources into the record"),
            Command("run", "", "facts:run", "compute everything from the record, as known now or --as-of"),
            Command("pay", "", "paying:pay", "who earns what: payees by parts"),
            Command("statement", "PERSON", "paying:statement", "one person's statement, each line with its reason"),
            Command("explain", "LINE", "paying:explain", "why a line is what it is: from source row to cent"),
            Command("adjust", "PERSON AMOUNT", "closing:adjust", "pay more or less by hand, with a reason"),
            Command("close", "PERIOD", "closing:close", "settle a period, step by step: it never changes afterwards"),
            Command("export payroll", "PERIOD", "exporting:payroll", "what is payable, by person and pay item"),
            Command("export ledger", "PERIOD", "exporting:ledger", "the double-entry journal, by your own accounts"),
            Command(
                "export capitalisation",
                "PERIOD",
                "exporting:capitalisation",
                "the cost of contracts, and how it is written down",
            ),
        ),
    ),
    (
        "Look",
        (
            Command("report", "", "looking:report", "the whole company on one page"),
            Command("measures", "", "looking:measures", "the catalogue of measures, and what each would need"),
            Command("measure", "NAME", "looking:measure", "one measure by unit and period, with its interval"),
            Command(
                "credit", "[WHO]", "crediting:credit", "who stood behind what customers gained, or behind one outcome"
            ),
            Command(
                "accounts",
                "[DEPARTMENT]",
                "crediting:accounts",
                "what departments cost, beside what their customers gained and lost",
            ),
            Command("promises", "", "keeping:promises", "promises owed or soon due, the most value at stake first"),
            Command("onboarding", "", "keeping:onboarding", "who is in their first 90 days, and what is due next"),
            Command("handoffs", "", "keeping:handoffs", "between whom customers change hands, and who has nobody"),
            Command("journey", "[CUSTOMER]", "looking:journey", "the map, or one customer's line of events"),
            Command("value", "[CUSTOMER]", "valuing:value", "what customers are worth, or what one's value is made of"),
            Command("equity", "", "valuing:equity", "what all are worth together, and what changed it since a day"),
            Command("risk", "[CUSTOMER]", "risking:risk", "who may leave, what is at stake, and what speaks for it"),
        ),
    ),
    (
        "Plan",
        (
            Command("plan new", "[NAME…]", "plans:new", "begin plans from nine that ship; or list them"),
            Command("plan check", "[PLAN…]", "plans:check", "are the plans right, and do their examples come out?"),
            Command("plan show", "PLAN", "plans:show", "what a plan pays, as pictures and in sentences"),
            Command("plan letter", "PLAN", "plans:letter", "the letter that a person signs, as PDF"),
            Command("plan schema", "", "plans:schema", "the JSON Schema of plan files, for editors"),
            Command("plan accept", "PLAN", "closing:accept", "write down that a person has signed a plan"),
        ),
    ),
    (
        "Keep",
        (
            Command("record", "[TABLE [KEY]]", "facts:record", "what the record holds, or the versions of a row"),
            Command("quarantine", "", "facts:quarantine", "the rows that broke a rule, and which"),
            Command("forget", "ID", "facts:forget", "erase a person's or customer's name, address and texts"),
            Command("audit", "", "closing:audit", "who decided what, and that nothing was changed since"),
            Command(
                "completion", "SHELL", "completing:completion", "a script by which bash, zsh or fish complete words"
            ),
            Command("verify", "[RUN]", "facts:verify", "recompute a run from its inputs and compare, byte for byte"),
        ),
    ),
)

COMMANDS: dict[str, Command] = {command.name: command for _, group in GROUPS for command in group}

_EVERYWHERE = """\
Everywhere:
  -C DIR          the company's project (otherwise found upward from here)
  --json          one JSON object {ok, data, warnings, error}
  --quiet         nothing but the answer
  --debug         the whole trace of an error
  --help          what a command takes

New here?  keepwell demo acme
"""


def overview() -> str:
    """What `keepwell --help` says."""
    lines = [f"keepwell {__version__}: pay for customers kept well", "", "Usage: keepwell COMMAND …", ""]
    width = max(len(f"{command.name} {command.takes}") for command in COMMANDS.values())
    for title, group in GROUPS:
        lines.append(f"{title}:")
        lines += [f"  {f'{command.name} {command.takes}':<{width}}  {command.says}" for command in group]
        lines.append("")
    return "\n".join([*lines, _EVERYWHERE])
