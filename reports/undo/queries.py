"""What undoing an import would do, and the obstacles."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import CASCADE, PROTECT, Exists, OuterRef, QuerySet

from reports.archive.models import Report, Revision
from reports.archive.uses import holds_of
from reports.findings.models import Finding
from reports.imports.models import CriticalAlert, ImagingRequest, ImportBatch, ImportSource, PriorState
from reports.outcomes.models import Outcome

NOT_OF_REGISTERS = "人员登记表的导入不能撤销：人员与资质已用于判断签发和操作资格，请在人员页逐项更正。"
SHOWN = 20  # obstacles listed on the page; a longer list would not help
Kind = PriorState.Kind
RECORDS: dict[str, tuple[type[ImagingRequest | CriticalAlert], PriorState.Kind]] = {
    "requests": (ImagingRequest, Kind.REQUEST),
    "alerts": (CriticalAlert, Kind.ALERT),
}


@dataclass(frozen=True)
class Obstacle:
    """Why an import cannot be undone: the examination concerned, a Chinese clause, its place therein."""

    accession_number: str
    reason: str
    place: str = ""


@dataclass(frozen=True)
class UndoPlan:
    """Rows that an undo deletes and restores, outcomes and rulings that it affects, and obstacles."""

    deleted: int
    restored: int
    outcomes_released: int = 0
    rulings_lost: int = 0
    obstacles: tuple[Obstacle, ...] = ()


def undo_plan(batch: ImportBatch) -> UndoPlan:
    """The plan for a finished import of any kind."""
    if batch.kind == "reports":
        created = created_reports(batch)
        return UndoPlan(
            deleted=created.count(),
            restored=changed_reports(batch).exclude(pk__in=created).count(),
            outcomes_released=Outcome.objects.filter(report__in=created).exclude(batch=batch).count(),
            rulings_lost=Finding.objects.filter(report__in=created, ruled_by__isnull=False).count(),
            obstacles=_first(report_obstacles(batch)),
        )
    if batch.kind == "outcomes":
        rows = Outcome.objects.filter(batch=batch)
        return UndoPlan(deleted=rows.count(), restored=0, obstacles=_first(_outcome_obstacles(rows)))
    if batch.kind == ImportSource.Kind.STAFF:
        return UndoPlan(0, 0, obstacles=(Obstacle("", NOT_OF_REGISTERS),))
    model, kind = RECORDS[batch.kind]
    restored = PriorState.objects.filter(batch=batch, kind=kind).count()
    current = model.objects.filter(batch=batch).count()
    return UndoPlan(current - restored, restored, obstacles=_first(_record_obstacles(batch, model, kind)))


def created_reports(batch: ImportBatch) -> QuerySet[Report]:
    """Reports that this import created."""
    return Report.objects.filter(
        Exists(Revision.objects.filter(report=OuterRef("pk"), number=1, batch=batch))
    )


def changed_reports(batch: ImportBatch) -> QuerySet[Report]:
    """Existing reports that this import amended or completed."""
    rows = PriorState.objects.filter(batch=batch, kind=Kind.REPORT).values("row_id")
    return Report.objects.filter(pk__in=rows)


def report_obstacles(batch: ImportBatch) -> Iterator[Obstacle]:
    """Reports of the import that something depends on, and those that a later import changed."""
    touched = (created_reports(batch) | changed_reports(batch)).values("pk")
    used: dict[int, str] = {}
    for relation in Report._meta.related_objects:
        # Draws, judging, follow-up, conferences and appeals protect their report; outcomes are released.
        if relation.on_delete is PROTECT and relation.related_model is not Outcome:
            rows = relation.related_model._base_manager.filter(report__in=touched)
            used |= dict(rows.values_list("report_id", "report__accession_number")[:SHOWN])
    yield from _held("report", used)
    later = PriorState.objects.filter(kind=Kind.REPORT).exclude(batch=batch)
    own = PriorState.objects.filter(batch=batch, kind=Kind.REPORT)
    for row in later.filter(row_id__in=created_reports(batch).values("pk")).select_related("batch")[:SHOWN]:
        yield _changed_later(row)
    before = own.filter(row_id=OuterRef("row_id"), pk__lt=OuterRef("pk"))
    for row in later.filter(Exists(before)).select_related("batch").order_by("pk")[:SHOWN]:
        yield _changed_later(row)


def _changed_later(row: PriorState) -> Obstacle:
    number = Report.objects.values_list("accession_number", flat=True).get(pk=row.row_id)
    return Obstacle(number, f"后来的文件“{row.batch.file_name}”又改过这份报告，请先撤销那次导入")


def _outcome_obstacles(rows: QuerySet[Outcome]) -> Iterator[Obstacle]:
    """Outcomes of the import that were drawn with their report, and those that a person corrected."""
    drawn: dict[int, str] = {}
    for relation in Outcome._meta.related_objects:
        used = rows.filter(**{f"{relation.name}__isnull": False}).distinct()
        numbers = used.values_list("pk", "given_accession", "report__accession_number")[:SHOWN]
        found = {pk: own or given for pk, given, own in numbers}
        if relation.on_delete is CASCADE:
            yield from (Obstacle(number, "这条结局导入后已更正") for number in found.values())
        else:
            drawn |= found
    yield from _held("outcome", drawn)


def _held(kind: str, used: dict[int, str]) -> Iterator[Obstacle]:
    """What holds these rows, given with their examination's number; each named at least once."""
    holds = holds_of(kind, used)
    yield from (Obstacle(used[hold.row_id], hold.reason, hold.place) for hold in holds)
    for pk in used.keys() - {hold.row_id for hold in holds}:
        yield Obstacle(used[pk], "已被其他记录引用")


def _record_obstacles(
    batch: ImportBatch, model: type[ImagingRequest | CriticalAlert], kind: PriorState.Kind
) -> Iterator[Obstacle]:
    later = PriorState.objects.filter(kind=kind, values__batch=batch.pk).select_related("batch")
    for row in later[:SHOWN]:
        number = model.objects.values_list("accession_number", flat=True).get(pk=row.row_id)
        yield Obstacle(number, f"后来的文件“{row.batch.file_name}”又改过这条记录，请先撤销那次导入")


def _first(obstacles: Iterable[Obstacle]) -> tuple[Obstacle, ...]:
    unique = dict.fromkeys(obstacles)
    return tuple(list(unique)[:SHOWN])
