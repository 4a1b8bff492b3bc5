"""The limit for `ekost tenant list`: one command that fetches and prints 50 rows, and nothing else."""

import os
import sys

import typer

app = typer.Typer(rich_markup_mode=None)


@app.command()
def main(limit: int = 50) -> None:
    """Print the tenants as tab-separated lines."""
    from sqlalchemy import NullPool, create_engine, text

    engine = create_engine(os.environ["EKOST_DATABASE_URL"], poolclass=NullPool)
    with engine.connect() as conn:
        rows = conn.execute(
            text(
                "select id, code, name, phone, email, property, room, monthly_rent, moved_in_on, moved_out_on,"
                " outstanding_balance, created_at from tenant_list where deleted_at is null"
                " order by created_at desc, id desc limit :limit"
            ),
            {"limit": limit},
        )
        for row in rows:
            sys.stdout.write("\t".join("" if value is None else str(value) for value in row) + "\n")


if __name__ == "__main__":
    app()
