"""分配评审医师: assign readers to cases, never to a report they took part in (DOMAIN 2, step 7)."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from django.db import transaction

from audits.conflicts import RefusedError, expect_version
from audits.judging.models import Review
from audits.judging.queries.judges import barred, judges_of, reading_refusal
from audits.sampling.models import Audit, Case, FrozenCase
from staff.accounts.models import User
from trail.chain import record

READERS = (Review.Reader.FIRST, Review.Reader.SECOND)


@transaction.atomic
def assign_case(case: Case, *, assessors: Sequence[User], version: int, by: User | None) -> list[Review]:
    """Set the readers of a case, first reader first; an empty list removes those who have not started.

    `version`: of the audit. A reader who has ruled cannot be removed. Raises RefusedError, ConflictError.
    """
    audit = _running(case.audit_id, version)
    case = Case.objects.select_related("report", "revision", "audit").get(pk=case.pk)
    if case.state != Case.State.ACTIVE:
        raise RefusedError("这一例已被更换，不能再分配。")
    _check_readers(audit, case, assessors)
    reviews = _set_readers(case, assessors, by)
    _bump(audit)
    readers = [user.pk for user in assessors]
    record("audits.assign", by=by, target=case, department=audit.department_id, detail={"assessors": readers})
    return reviews


@transaction.atomic
def assign_fairly(
    audit: Audit, *, assessors: Sequence[User], version: int, by: User | None
) -> tuple[int, list[str]]:
    """Fill every open reader's place among `assessors`, each as many cases as the others.

    Returns how many reviews were made, and a sentence for each place nobody could take. Who still has to
    judge a case does not fill its other place: who may not take it took part in the report (quality.md A2).
    """
    audit = _running(audit.pk, version)
    _check_may_judge(audit, assessors)
    cases = list(
        audit.cases.active()
        .select_related("report", "revision")
        .prefetch_related("reviews")
        .order_by("position")
    )
    load = Counter({user.pk: 0 for user in assessors})
    load.update(r.assessor_id for case in cases for r in case.reviews.all() if r.assessor_id in load)
    made, problems = 0, []
    for case in cases:
        taken = [review.assessor_id for review in case.reviews.all()]
        if by is not None and _is_blind(case, by) and _open_places(audit, case):
            problems.append(_left_to_another(case))
            continue
        for reader in _open_places(audit, case):
            user = least_busy(case, [one for one in assessors if one.pk not in taken], load)
            if user is None:
                blind = by is not None and by.pk in taken
                problems.append(
                    _left_to_another(case) if blind else _nobody_for(case, is_partly_assigned=bool(taken))
                )
                break
            taken.append(user.pk)
            Review.objects.create(case=case, assessor=user, reader=reader, assigned_by=by)
            load[user.pk] += 1
            made += 1
    _bump(audit)
    detail = {"reviews": made, "assessors": [user.pk for user in assessors], "unassigned": len(problems)}
    record("audits.assign", by=by, target=audit, detail=detail)
    return made, problems


def carry_over(old: Case, new: Case, by: User | None) -> list[str]:
    """Give the readers of a replaced case its successor; a sentence for each who may not read it.

    To one of these readers it does not say why another may not: who took part is withheld from them.
    """
    problems = []
    reviews = list(old.reviews.filter(reader__in=READERS).select_related("assessor").order_by("reader"))
    blind = by is not None and any(review.assessor_id == by.pk for review in reviews)
    for review in reviews:
        refused = barred(new, review.assessor) or reading_refusal(old.audit, review.assessor)
        if refused and blind and review.assessor != by:
            problems.append(_left_to_another(new))
        elif barred(new, review.assessor):
            problems.append(f"{review.assessor.full_name}参与过新抽入的报告，第{new.position}份请另行分配。")
        elif refusal := reading_refusal(old.audit, review.assessor):
            problems.append(f"第{new.position}份请另行分配：{refusal}")
        else:
            Review.objects.create(case=new, assessor=review.assessor, reader=review.reader, assigned_by=by)
    return problems


def _running(pk: int, version: int) -> Audit:
    audit: Audit = Audit.objects.select_for_update().get(pk=pk)
    expect_version(audit, version)
    if audit.status != Audit.Status.DRAWN:
        raise RefusedError(f"这次抽样{audit.get_status_display()}，不能分配评审医师。")
    return audit


def _bump(audit: Audit) -> None:
    audit.version += 1
    audit.save(update_fields=["version"])


def _check_readers(audit: Audit, case: Case, assessors: Sequence[User]) -> None:
    if len({user.pk for user in assessors}) < len(assessors):
        raise RefusedError("两位评审医师不能是同一人。")
    if len(assessors) > audit.readers:
        raise RefusedError(f"这次抽样每例由{audit.readers}位医师评审，选了{len(assessors)}位。")
    staying = set(case.reviews.values_list("assessor", flat=True))
    _check_may_judge(audit, assessors, staying)
    for user in assessors:
        sentence = barred(case, user)
        if sentence:
            raise RefusedError(f"第{case.position}份不能分配给{user.full_name}：{sentence}")


def _check_may_judge(audit: Audit, assessors: Iterable[User], staying: Collection[int] = ()) -> None:
    """RefusedError for anyone who may not be given cases; `staying`: who has the case already."""
    able = {user.pk for user in judges_of(audit.department)}
    for user in assessors:
        if user.pk not in able:
            raise RefusedError(f"{user.full_name}没有本科室的评审权限，请先由管理员授予“评审医师”角色。")
        if user.pk not in staying and (refusal := reading_refusal(audit, user)):
            raise RefusedError(refusal)


def _set_readers(case: Case, assessors: Sequence[User], by: User | None) -> list[Review]:
    wanted: dict[int, User] = dict(zip(READERS, assessors, strict=False))
    held = {review.reader: review for review in case.reviews.select_related("assessor")}
    arbiter = held.pop(Review.Reader.ARBITER, None)
    if arbiter and arbiter.assessor_id in {user.pk for user in assessors}:
        raise RefusedError(f"{arbiter.assessor.full_name}是这一例的仲裁医师，不能同时评审。")
    leaving = [
        r for place, r in held.items() if wanted.get(place) is None or wanted[place].pk != r.assessor_id
    ]
    for review in leaving:
        if review.description_at:
            raise RefusedError(
                f"{review.assessor.full_name}已对第{case.position}份作出评定，不能改派；确有必要请更换病例。"
            )
    Review.objects.filter(pk__in=[review.pk for review in leaving]).delete()
    staying = {r.reader: r for r in held.values() if r not in leaving}
    return [
        staying.get(place) or Review.objects.create(case=case, assessor=user, reader=place, assigned_by=by)
        for place, user in wanted.items()
    ]


def _open_places(audit: Audit, case: Case) -> list[Review.Reader]:
    """The reader's places of a case that nobody fills."""
    held = {review.reader for review in case.reviews.all()}
    return [place for place in READERS[: audit.readers] if place not in held]


def _is_blind(case: Case, user: User) -> bool:
    """Whether `user` has a review of the case still to finish."""
    return any(one.assessor_id == user.pk and one.conclusion_at is None for one in case.reviews.all())


def _left_to_another(case: Case) -> str:
    return f"第{case.position}份由您评审，另一位评审医师请由其他人（如科主任）分配。"


def _nobody_for(case: Case, *, is_partly_assigned: bool) -> str:
    lacking = "还缺1位评审医师，所选医师中没有可分配的" if is_partly_assigned else "没有可分配的评审医师"
    return f"第{case.position}份{lacking}（本人参与的报告不能由本人评审）。"


def least_busy(case: FrozenCase, assessors: Sequence[User], load: Counter[int]) -> User | None:
    """The assessor with the fewest cases among those who are not barred from this one; None: nobody."""
    able = [user for user in assessors if not barred(case, user)]
    return min(able, key=lambda user: (load[user.pk], assessors.index(user)), default=None)
