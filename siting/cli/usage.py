"""What the library behind the commands says of its own, in the user's language.

Headings and marks of its help, and its complaints of options that do not exist or lack something.
What is not known here stays as the library says it.
"""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any

from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_TYPE = re.compile(r" <(?:str|list\[str\])>$")
_MARKS = re.compile(r"\[(?P<marks>(?:default: [^\[\]]*?)?(?:; )?(?:required)?)\]$")
_HEADINGS = {"Options": "options", "Arguments": "arguments", "Commands": "commands"}
_HELP = "Show this message and exit."
_SAID = {
    "no_option": r"No such option: (?P<name>\S+?)"
    r"(?: \(Possible options: (?P<near>.*)\)| Did you mean (?P<alike>.*)\?)?",
    "no_command": r"No such command '(?P<name>.*)'\.",
    "no_argument": r"Missing argument (?P<name>.*?)\.",
    "no_required": r"Missing option (?P<name>.*?)\.",
    "no_value": r"Option (?P<name>.*?) requires an argument\.",
    "some_value": r"Option (?P<name>.*?) does not take a value\.",
    "too_many": r"Got unexpected extra arguments?(?:\(s\))? \((?P<name>.*)\)",
    "not_one_of": r"Invalid value for (?P<name>.*?): (?:Value error, )?"
    r"(?P<value>.*?) is not one of (?P<near>.*?)\.?",
}


def speak(group: Any, lang: Lang) -> None:
    """Make a group of commands explain itself, and complain, in `lang`."""
    for one in (group, *group.commands.values()):
        one.context_class = _context_class(one.context_class, lang)
    group.make_context = _telling(group.make_context, lang)
    group.invoke = _telling(group.invoke, lang)


def complaint(message: str, lang: Lang) -> str:
    """Return a complaint of the library in `lang`, or as it is if it is not known."""
    for key, pattern in _SAID.items():
        match = re.fullmatch(pattern, message)
        if match is None:
            continue
        said = {name: (word or "").replace("'", "") for name, word in match.groupdict().items()}
        near = said.get("near") or said.get("alike")
        line = text(f"cli.usage_{key}", lang, name=said["name"], value=said.get("value", ""))
        return line + text("cli.usage_near", lang, near=near) if near else line
    return message


def _telling(call: Callable[..., Any], lang: Lang) -> Callable[..., Any]:
    @wraps(call)
    def told(*arguments: Any, **named: Any) -> Any:
        try:
            return call(*arguments, **named)
        except Exception as error:
            # of a class that typer has kept in other modules in each of its versions
            if hasattr(error, "format_message") and type(error).__name__ != "NoArgsIsHelpError":
                _translate(error, lang)
            raise

    return told


def _translate(error: Any, lang: Lang) -> None:
    """Make a complaint of bad usage say in `lang` what is wrong, and where help is."""
    if getattr(error, "told", False):
        return
    message = complaint(error.format_message(), lang)
    context = getattr(error, "ctx", None)

    def show(file: Any = None) -> None:  # noqa: ARG001  the library may name one
        from siting.cli.output import complain

        if context is not None:
            complain(context.get_usage())
            complain(text("cli.usage_try", lang, command=context.command_path) + "\n")
        complain(text("cli.usage_error", lang, message=message))

    error.told = True
    error.show = show
    error.format_message = lambda: message


def _context_class(known: Any, lang: Lang) -> Any:
    """Return the class of contexts whose help is laid out as ever, in the words of `lang`."""

    class Formatter(known.formatter_class):  # type: ignore[misc]
        def write_usage(self, prog: str, args: str = "", *_: Any, **__: Any) -> None:
            for word in ("[OPTIONS]", "COMMAND [ARGS]..."):
                key = "options" if word == "[OPTIONS]" else "command"
                args = args.replace(word, text(f"cli.usage_{key}", lang))
            super().write_usage(prog, args, text("cli.usage", lang))

        def write_heading(self, heading: str) -> None:
            key = _HEADINGS.get(heading)
            said = heading if key is None else text(f"cli.heading_{key}", lang)
            line = text("cli.heading", lang, heading=said)
            self.write(" " * self.current_indent + line + "\n")

        def write_dl(self, rows: Iterable[tuple[str, str]], *more: Any, **named: Any) -> None:
            shown = [(_TYPE.sub("", name), _marked(said, lang)) for name, said in rows]
            super().write_dl(shown, *more, **named)

    class Context(known):  # type: ignore[misc]
        formatter_class = Formatter

    return Context


def _marked(said: str, lang: Lang) -> str:
    """Return what is said of an option with the library's marks in `lang`."""
    if said == _HELP:
        return text("cli.help_help", lang)
    match = _MARKS.search(said)
    if match is None or not match["marks"]:
        return said
    marks = []
    for mark in match["marks"].split("; "):
        default = mark.removeprefix("default: ")
        required = mark == "required"
        key = "required" if required else "default"
        marks.append(text(f"cli.mark_{key}", lang, value=default))
    return said[: match.start()] + "[" + text("cli.mark_join", lang).join(marks) + "]"
