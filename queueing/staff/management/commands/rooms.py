"""`manage.py rooms`: see and change rooms from the command line; every change takes effect at once."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings as configured
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from redis.exceptions import RedisError

from queueing import stats, store
from queueing.staff import publication, theme_files, typed, watch
from queueing.staff.models import DEFAULTS, Room

TUNABLE = sorted(set(DEFAULTS) - {"slug", "epoch", "version"})


class Command(BaseCommand):
    help = "List, show, watch and tune waiting rooms."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        listing = actions.add_parser("list", help="all rooms, a line each")
        listing.add_argument("--json", action="store_true", help="as JSON")
        for action, help_text in (
            ("show", "one room: its settings and how it stands now"),
            ("ensure", "make the room if there is none of this name"),
            ("resume", "open the room again, call people"),
            ("epoch", "end the line: everybody waiting loses their place; asks first"),
            ("watch", "a live view: sockets, present, away, serving, calls and outcomes per minute"),
            ("pause", "call nobody; people keep their places and may join"),
            ("close", "let nobody join; those in line are served"),
            ("notice", "tell everybody who waits something"),
            ("remove", "remove a room in which nobody waits or is served"),
            ("set", "change settings: name=value …"),
            ("look", "dress the room in a theme; without one, list them"),
        ):
            one = actions.add_parser(action, help=help_text)
            one.add_argument("room", help="the room's slug")
            if action == "show":
                one.add_argument("--json", action="store_true", help="as JSON")
            if action in ("pause", "close"):
                one.add_argument("--reason", default="", help="why, in words for the people who wait")
            if action == "close":
                one.add_argument("--opens-at", default="", metavar="TIME", help="when it opens by itself, ISO 8601")
            if action == "notice":
                one.add_argument("text", help='what to say; "" takes it back')
                one.add_argument("--warning", action="store_true", help="as a warning")
            if action == "epoch":
                one.add_argument("--yes", action="store_true", help="do not ask")
            if action == "watch":
                one.add_argument("--once", action="store_true", help="print one view and end")
                one.add_argument("--every", type=float, default=1.0, metavar="S", help="seconds between views")
            if action == "look":
                one.add_argument("theme", nargs="?", help="a sample's name, or a file")
                one.add_argument("--keep", type=Path, metavar="FILE", help="where to keep the look it has now")
            if action == "set":
                one.add_argument("values", nargs="+", metavar="name=value", help=", ".join(TUNABLE))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"do_{options['action']}")(options)
        except (RedisError, OSError) as error:
            raise CommandError(f"Redis does not answer ({type(error).__name__})") from None

    def do_list(self, options: dict[str, Any]) -> None:
        rooms = list(Room.objects.all())
        if options["json"]:
            self.stdout.write(json.dumps([asdict(room.settings()) for room in rooms], default=typed.shown))
            return
        for room in rooms:
            self.stdout.write(f"{room.slug:20} {room.mode:6} {room.state:7} {room.title}")
        if not rooms:
            self.stdout.write("There are no rooms yet: manage.py rooms ensure NAME")

    def do_show(self, options: dict[str, Any]) -> None:
        room = _room(options)
        now = stats.read(store.connect(configured.REDIS_URL), room.slug)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(room.settings()) | {"now": asdict(now)}, default=typed.shown))
            return
        for name, value in asdict(room.settings()).items():
            self.stdout.write(f"{name:22} {typed.shown(value)}")
        self.stdout.write("\n".join(["", *watch.lines(now)]))

    def do_ensure(self, options: dict[str, Any]) -> None:
        room, made = Room.objects.get_or_create(
            slug=options["room"], defaults={"title": options["room"].replace("-", " ").capitalize()}
        )
        self._save(room, new=made)
        self.stdout.write(f"{room.slug}: {'made' if made else 'was there'}")

    def do_set(self, options: dict[str, Any]) -> None:
        room, changes = _room(options), []
        for pair in options["values"]:
            name, equals, text = pair.partition("=")
            if not equals or name not in TUNABLE:
                raise CommandError(f"{name}: write name=value with one of {', '.join(TUNABLE)}")
            before = getattr(room, name)
            setattr(room, name, _typed(text, name, before))
            changes.append(f"{name}: {typed.shown(before)} → {typed.shown(getattr(room, name))}")
        self._save(room)
        self.stdout.write("\n".join(changes))

    def do_look(self, options: dict[str, Any]) -> None:
        room = _room(options)
        before = theme_files.of(room)
        name = theme_files.name_of(before)
        if not options["theme"]:
            for sample, about in theme_files.samples().items():
                self.stdout.write(f"{'*' if sample == name else ' '} {sample:12} {about}")
            return
        if name is None and not options["keep"]:
            raise CommandError(f"{room.slug} has a look of its own: add --keep FILE, so that it can come back")
        try:
            theme = theme_files.read(options["theme"])
            if options["keep"]:
                theme_files.write(before, options["keep"])
        except typed.Untypable as untypable:
            raise CommandError(str(untypable)) from None
        for part, value in theme.items():
            setattr(room, part, value)
        self._save(room)
        self.stdout.write(f"{room.slug}: looks like {options['theme']}")
        self.stdout.write(f"To undo it: manage.py rooms look {room.slug} {options['keep'] or name}")

    def do_pause(self, options: dict[str, Any]) -> None:
        self._change(options, state="paused", state_reason=options["reason"])

    def do_close(self, options: dict[str, Any]) -> None:
        opens_at = _typed(options["opens_at"], "opens_at", None)
        self._change(options, state="closed", state_reason=options["reason"], opens_at=opens_at)

    def do_resume(self, options: dict[str, Any]) -> None:
        self._change(options, state="open", state_reason="")

    def do_notice(self, options: dict[str, Any]) -> None:
        self._change(options, notice=options["text"], notice_level="warning" if options["warning"] else "info")

    def do_epoch(self, options: dict[str, Any]) -> None:
        room = _room(options)
        waiting = stats.read(store.connect(configured.REDIS_URL), room.slug).waiting
        if not options["yes"]:
            try:
                answer = input(
                    f"{waiting} people wait in {room.slug} and will lose their place. Type the room's name: "
                )
            except EOFError:
                raise CommandError("nobody is there to ask: add --yes") from None
            if answer != room.slug:
                raise CommandError("nothing was changed")
        self._change(options, epoch=room.epoch + 1)

    def do_remove(self, options: dict[str, Any]) -> None:
        room = _room(options)
        now = stats.read(store.connect(configured.REDIS_URL), room.slug)
        if now.waiting or now.serving:
            raise CommandError(
                f"{now.waiting} wait and {now.serving} are served in {room.slug}: close it, wait, or end its line"
            )
        # Ushers know it until they have read the table again; where Redis does not answer, nothing is removed.
        with transaction.atomic():
            room.delete()
            publication.withdraw(room)
        self.stdout.write(f"{room.slug}: removed")

    def do_watch(self, options: dict[str, Any]) -> None:
        room = _room(options)
        watch.run(store.connect(configured.REDIS_URL), room.slug, options["every"], once=options["once"])

    def _change(self, options: dict[str, Any], **values: Any) -> None:
        room = _room(options)
        for name, value in values.items():
            setattr(room, name, value)
        self._save(room)
        self.stdout.write(f"{room.slug}: {', '.join(f'{name}={typed.shown(getattr(room, name))}' for name in values)}")

    def _save(self, room: Room, new: bool = False) -> None:
        try:
            room.full_clean()
        except ValidationError as invalid:
            problems = (f"{name}: {' '.join(texts)}" for name, texts in invalid.message_dict.items())
            raise CommandError("; ".join(problems)) from None
        room.save()
        try:
            publication.publish(room, new)
        except (RedisError, OSError):
            self.stderr.write("Saved. Redis does not answer: it takes effect as soon as it is back.")


def _room(options: dict[str, Any]) -> Room:
    try:
        return Room.objects.get(slug=options["room"])
    except Room.DoesNotExist:
        known = ", ".join(Room.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"there is no room {options['room']} (rooms: {known})") from None


def _typed(text: str, name: str, before: Any) -> Any:
    try:
        return typed.value(text, name, before)
    except typed.Untypable as untypable:
        raise CommandError(f"{name}: {untypable}") from None
