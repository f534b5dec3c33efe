"""manage.py verify_trail [--anchor SEQ:HASH]: verify the chain and all stored or given anchors.

Prints {"holds", "events", "hash", "anchors", "anchors_expected", "problems"}; `anchors_expected` is how many
the trail itself says were written. "purged", where there was one, has a sentence for each cut by two people.
Exit: 0 it holds, 1 it does not, 2 the anchor file could not be read.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from trail.anchors import anchor_events, anchor_problems, stored_anchors
from trail.chain import Anchor, anchor, verify
from trail.checkpoints import note
from trail.models import Checkpoint


class Command(BaseCommand):
    help = "核验操作留痕的哈希链；exit 1 when it does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchor", action="append", default=[], metavar="SEQ:HASH")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            stored = stored_anchors()
            anchors = [*stored, *(_parse(text) for text in options["anchor"])]
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        problems = [*verify(anchors=anchors), *anchor_problems(stored)]
        end = anchor()
        answer = {"holds": not problems, "events": end.seq, "hash": end.hash, "anchors": len(anchors)}
        answer |= {"anchors_expected": len(anchor_events()), "problems": problems}
        if purged := [note(point) for point in Checkpoint.objects.order_by("through_seq")]:
            answer["purged"] = purged
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if problems:
            raise SystemExit(1)


def _parse(text: str) -> Anchor:
    seq, _, digest = text.partition(":")
    if not seq.isdigit() or len(digest) != 64:
        raise CommandError(f"锚点“{text}”应写作 序号:64位校验值。", returncode=2)
    return Anchor(int(seq), digest, None)
