"""manage.py verify_trail [--anchor SEQ:HASH]: verify the chain and all stored or given anchors."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from trail.anchors import stored_anchors
from trail.chain import Anchor, anchor, verify


class Command(BaseCommand):
    help = "核验操作留痕的哈希链；exit 1 when it does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchor", action="append", default=[], metavar="SEQ:HASH")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            anchors = [*stored_anchors(), *(_parse(text) for text in options["anchor"])]
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        problems = verify(anchors=anchors)
        end = anchor()
        answer = {"holds": not problems, "events": end.seq, "hash": end.hash, "anchors": len(anchors)}
        answer["problems"] = problems
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if problems:
            raise SystemExit(1)


def _parse(text: str) -> Anchor:
    seq, _, digest = text.partition(":")
    if not seq.isdigit() or len(digest) != 64:
        raise CommandError(f"锚点“{text}”应写作 序号:64位校验值。", returncode=2)
    return Anchor(int(seq), digest, None)
