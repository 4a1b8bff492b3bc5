"""Rules about descriptions: written, learned, brought in from a file and taken out of it."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert

from db.domain.bank.rules import Rule, learned_pattern
from db.domain.expenses import category_of
from db.errors import N_, NotFoundError
from db.events import Event, append
from db.repositories.bank import Bank, LineRow
from db.repositories.lookup import PropertyRow, TenantRef, find_tenant
from db.tables import bank_rules


class RuleNotFoundError(NotFoundError):
    """No rule has this pattern."""

    code = "bank_rule_not_found"
    message = N_("There is no rule {pattern}.")
    hint = N_("`ekost bank rules` shows them.")


def learn_rule(conn: Connection, line: LineRow, tenant: TenantRef) -> str | None:
    """Remember that the stable words of a line's description mean this tenant; returns them, or None without any."""
    pattern = learned_pattern(line.description)
    if pattern is not None:
        _put(conn, line.property_id, Rule(pattern, "tenant", tenant.code), learned=True, tenant_id=tenant.id)
    return pattern


def replace_rules(conn: Connection, prop: PropertyRow, rules: Sequence[Rule]) -> tuple[int, int]:
    """Make these the rules of the property, all others go. Returns how many are new and how many are gone.

    Raises TenantNotFoundError, ExpenseCategoryError.
    """
    known = {Rule(row.pattern, row.action, row.value) for row in Bank(conn).rules(prop.id)}  # type: ignore[arg-type]
    wanted = {rule.pattern: rule for rule in (_understood(conn, prop, rule) for rule in rules)}
    gone = sorted(known - set(wanted.values()))
    for rule in gone:
        _drop(conn, prop.id, rule.pattern)
    new = sorted(set(wanted.values()) - known)
    for rule in new:
        tenant_id = find_tenant(conn, rule.value, prop.code).id if rule.action == "tenant" else None
        _put(conn, prop.id, rule, learned=False, tenant_id=tenant_id)
    return len(new), len(gone)


def _understood(conn: Connection, prop: PropertyRow, rule: Rule) -> Rule:
    """The rule with the code or category that its word means."""
    if rule.action == "tenant":
        return rule._replace(value=find_tenant(conn, rule.value, prop.code).code)
    return rule._replace(value=category_of(rule.value)) if rule.action == "category" else rule


def _put(conn: Connection, property_id: int, rule: Rule, *, learned: bool, tenant_id: int | None) -> None:
    _drop(conn, property_id, rule.pattern)
    row = {
        "property_id": property_id, "pattern": rule.pattern, "tenant_id": tenant_id, "learned": learned,
        "category": rule.value if rule.action == "category" else None,
        "ignored": rule.value if rule.action == "ignore" else None,
    }  # fmt: skip
    rule_id = conn.execute(insert(bank_rules).values(row).returning(bank_rules.c.id)).scalar_one()
    append(conn, Event("BankRuleAdded", "bank_rule", rule_id, _told(rule), property_id))


def _drop(conn: Connection, property_id: int, pattern: str) -> None:
    gone = delete(bank_rules).where(bank_rules.c.property_id == property_id, bank_rules.c.pattern == pattern)
    for row in conn.execute(gone.returning(bank_rules.c.id)):
        append(conn, Event("BankRuleRemoved", "bank_rule", row.id, {"pattern": pattern}, property_id))


def _told(rule: Rule) -> dict[str, object]:
    return {"pattern": rule.pattern, "action": rule.action, "value": rule.value}
