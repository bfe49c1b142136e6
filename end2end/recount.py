#!/usr/bin/env python3
"""Counts a store's taps again, by the rules as they are written down, and says where it disagrees.

    recount.py --sqlite var/live.db [--journal simulate-….jsonl]
    recount.py --postgres postgres://… --schema nfcgate_live

Written from the rules' description (domain/src/journeys/mod.rs, docs) without looking at how the server
carries them out: no shared code, another language, everything at once instead of tap by tap. It reads
`taps` and the files in data/, and compares what follows from them with `journeys`, `ledger_transfers`,
`wallets` and `traffic_hours`, to the rupiah. Standard library only; PostgreSQL is read through psql.
Ends with 0 when all is equal.
"""

import argparse
import csv
import datetime
import io
import json
import pathlib
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
SECOND = 1_000_000
HOUR = 3600 * SECOND
JAKARTA = 7 * HOUR
DAY = 24 * HOUR
EPOCH = datetime.date(1970, 1, 1)


# --- Reading -----------------------------------------------------------------------------------

class Sqlite:
    def __init__(self, path):
        self.connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.connection.row_factory = sqlite3.Row

    def rows(self, table, columns, where):
        names = ", ".join(columns)
        return [dict(row) for row in self.connection.execute(f"select {names} from {table} where {where}")]

    def check(self):
        answer = self.connection.execute("pragma integrity_check").fetchone()[0]
        return [] if answer == "ok" else [f"integrity_check: {answer}"]


class Postgres:
    def __init__(self, url, schema):
        self.url, self.schema = url, schema

    def rows(self, table, columns, where):
        command = ["psql", "-X", "-q", "--csv", "-P", "null=\\N", "-d", self.url, "-c",
                   f"select {', '.join(columns)} from {self.schema}.{table} where {where}"]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return [{name: number(value) for name, value in row.items()} for row in csv.DictReader(io.StringIO(text))]

    def check(self):
        return []


def number(text):
    if text == "\\N":
        return None
    try:
        return int(text)
    except ValueError:
        return text


# --- The network and its prices ------------------------------------------------------------------

def read_csv(name):
    with open(DATA / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def metres(kilometres):
    whole, _, decimals = kilometres.partition(".")
    return int(whole) * 1000 + int((decimals + "000")[:3])


class Network:
    """Shortest ways between all stations (Floyd and Warshall), in whole metres."""

    def __init__(self):
        stations = read_csv("stations.csv")
        by_code = {station["operator_code"]: station["id"] for station in stations}
        for station in stations:
            by_code.setdefault(station["id"].removeprefix("STN_"), station["id"])
        ids = [station["id"] for station in stations]
        far = 10**9
        self.way = {a: {b: 0 if a == b else far for b in ids} for a in ids}
        for segment in read_csv("segments.csv"):
            a, b, length = by_code[segment["from_code"]], by_code[segment["to_code"]], metres(segment["km"])
            self.way[a][b] = self.way[b][a] = min(length, self.way[a][b])
        for middle in ids:
            from_middle = self.way[middle]
            for row in self.way.values():
                to_middle = row[middle]
                for end in ids:
                    if to_middle + from_middle[end] < row[end]:
                        row[end] = to_middle + from_middle[end]
        opened = [station["id"] for station in stations if station["status"] == "open"]
        self.farthest = {a: max(self.way[a][b] for b in opened) for a in ids}


class Tariffs:
    def __init__(self):
        self.all = json.loads((DATA / "tariffs.json").read_text(encoding="utf-8"))

    def on(self, day):
        date = (EPOCH + datetime.timedelta(days=day)).isoformat()
        valid = [t for t in self.all if t["valid_from"] <= date and (t["valid_until"] or "9999") >= date]
        return max(valid, key=lambda tariff: tariff["valid_from"])


def price(tariff, distance):
    """Bands from the shortest; a started step counts whole, one that ends exactly does not start the next."""
    total = 0
    for band in tariff["bands"]:
        if band["from_m"] > 0 and distance <= band["from_m"]:
            break
        if band["per_started_m"] is None:
            total += band["fare"]
        else:
            end = distance if band["up_to_m"] is None else min(distance, band["up_to_m"])
            total += band["fare"] * -(-(end - band["from_m"]) // band["per_started_m"])
    return total


def discounted(tariff, fare, kind):
    percent = next((rule["percent"] for rule in tariff["discounts"] if rule["user_type"] == kind), 0)
    return fare * (100 - percent) // 100


# --- Journeys --------------------------------------------------------------------------------------

def service_day(at):
    return (at + JAKARTA) // DAY


def pair(taps, tariffs, now):
    """Journeys of one medium, whose taps come in order: (status, tap in, tap out, due)."""
    journeys = []
    for place, tap in enumerate(taps):
        before = taps[place - 1] if place else None
        after = taps[place + 1] if place + 1 < len(taps) else None
        if tap["direction"] == "in":
            due = tap["tapped_at"] + tariffs.on(service_day(tap["tapped_at"]))["incomplete"]["after_s"] * SECOND
            if after and after["tapped_at"] <= due:
                if after["direction"] == "out":
                    journeys.append(("completed", tap, after, None))
                else:
                    journeys.append(("incomplete", tap, None, None))
            elif due <= now:
                journeys.append(("incomplete", tap, None, None))
            else:
                journeys.append(("open", tap, None, due))
        else:
            matched = False
            if before and before["direction"] == "in":
                limit = tariffs.on(service_day(before["tapped_at"]))["incomplete"]["after_s"] * SECOND
                matched = tap["tapped_at"] - before["tapped_at"] <= limit
            if not matched:
                journeys.append(("unmatched", None, tap, None))
    return journeys


def kind_on(day, changes):
    """What somebody was on a day: the last change up to it, adult before the first."""
    known = [change for change in changes if change["since_day"] <= day]
    return max(known, key=lambda change: change["since_day"])["user_type"] if known else "adult"


def rate(taps, changes, network, tariffs, now):
    """All journeys of one payer, with prices and caps."""
    order = lambda tap: (tap["tapped_at"], tap["gate_id"], tap["sequence"])
    by_medium = defaultdict(list)
    for tap in sorted(taps, key=order):
        by_medium[tap["media_id"]].append(tap)
    found = [journey for medium in by_medium.values() for journey in pair(medium, tariffs, now)]
    found.sort(key=lambda journey: order(journey[1] or journey[2]))
    spent = defaultdict(int)
    rated = {}
    for status, tap_in, tap_out, due in found:
        opening = tap_in or tap_out
        day = service_day(opening["tapped_at"])
        tariff, kind = tariffs.on(day), kind_on(day, changes)
        if status == "open":
            base = 0
        elif status == "completed" and tap_in["station_id"] == tap_out["station_id"]:
            rule = tariff["same_station"]
            stayed = tap_out["tapped_at"] - tap_in["tapped_at"]
            free = rule["free_within_s"] is not None and stayed <= rule["free_within_s"] * SECOND
            base = 0 if free else rule["fare_after"]
        elif status == "completed":
            base = price(tariff, network.way[tap_in["station_id"]][tap_out["station_id"]])
        else:
            base = price(tariff, network.farthest[opening["station_id"]])
        fare = discounted(tariff, base, kind)
        date = EPOCH + datetime.timedelta(days=day)
        periods = {
            "daily": ("day", date),
            "weekly": ("week", date - datetime.timedelta(days=date.weekday())),
            "monthly": ("month", date.replace(day=1)),
        }
        charge, limited_by = fare, None
        for name, period in periods.items():
            cap = tariff["caps"][name]
            if cap is not None and max(cap - spent[period], 0) < charge:
                charge, limited_by = max(cap - spent[period], 0), name
        for period in periods.values():
            spent[period] += charge
        rated[opening["gate_id"], opening["sequence"]] = {
            "status": status,
            "payer": opening["payer"],
            "media_id": opening["media_id"],
            "payment_method": opening["payment_method"],
            "from_station_id": tap_in and tap_in["station_id"],
            "to_station_id": tap_out and tap_out["station_id"],
            "tapped_in_at": tap_in and tap_in["tapped_at"],
            "tapped_out_at": tap_out and tap_out["tapped_at"],
            "day": day,
            "tariff_id": tariff["id"],
            "user_type": kind,
            "base_fare": base,
            "fare": fare,
            "charge": charge,
            "limited_by": limited_by,
            "due_at": due,
        }
    return rated


# --- Comparing -------------------------------------------------------------------------------------

class Differences:
    def __init__(self, shown=20):
        self.count, self.shown = 0, shown

    def add(self, text):
        self.count += 1
        if self.count <= self.shown:
            print(f"  DIFFERENT: {text}")

    def equal(self, what, expected, found):
        if expected != found:
            self.add(f"{what}: recounted {expected!r}, stored {found!r}")


def compare_journeys(expected, store, where, now, differences):
    columns = ["id", "opening_gate_id", "opening_sequence", *next(iter(expected.values()), {"status": 0}).keys()]
    charged, stored, superseded = {}, {}, 0
    for row in store.rows("journeys", list(dict.fromkeys(columns)), where):
        key = row["opening_gate_id"], row["opening_sequence"]
        charged[row["id"]] = row.get("charge", 0)
        if row["status"] == "superseded":
            superseded += 1
            if row["charge"] != 0:
                differences.add(f"superseded journey {row['id']} is charged {row['charge']}")
        elif key in stored:
            differences.add(f"two journeys begin with the tap {key}")
        else:
            stored[key] = row
    for key in sorted(expected.keys() | stored.keys()):
        want, have = expected.get(key), stored.get(key)
        if want is None or have is None:
            differences.add(f"journey of tap {key}: recounted {want and want['status']}, stored {have and have['status']}")
            continue
        for member, value in want.items():
            differences.equal(f"journey {have['id']}, {member}", value, have[member])
    return charged, superseded


def compare_ledger(charged, store, where, differences):
    accounts, by_journey, total = defaultdict(int), defaultdict(int), 0
    transfers = store.rows("ledger_transfers", ["id", "debit", "credit", "amount", "journey_id"], where)
    for row in transfers:
        if row["amount"] <= 0 or row["debit"] == row["credit"]:
            differences.add(f"transfer {row['id']} is none")
        accounts[row["debit"]] += row["amount"]
        accounts[row["credit"]] -= row["amount"]
        if row["journey_id"] is not None:
            for account, sign in ((row["credit"], 1), (row["debit"], -1)):
                if account in ("fare_revenue", "fare_adjustments"):
                    by_journey[row["journey_id"]] += sign * row["amount"]
    total = sum(accounts.values())
    differences.equal("sum of the ledger", 0, total)
    for journey in sorted(charged.keys() | by_journey.keys()):
        differences.equal(f"ledger of {journey}", charged.get(journey, 0), by_journey.get(journey, 0))
    differences.equal("revenue", sum(charged.values()), -accounts["fare_revenue"] - accounts["fare_adjustments"])
    wallets = store.rows("wallets", ["rider_id", "balance", "due"], where)
    for wallet in wallets:
        rider = wallet["rider_id"]
        differences.equal(f"wallet of {rider}", -accounts[f"wallet:{rider}"], wallet["balance"])
        differences.equal(f"due of {rider}", accounts[f"due:{rider}"], wallet["due"])
        if wallet["balance"] < 0 or wallet["due"] < 0:
            differences.add(f"wallet of {rider} is below zero")
    known = {f"{kind}:{wallet['rider_id']}" for wallet in wallets for kind in ("wallet", "due")}
    for account in accounts:
        if account.startswith(("wallet:", "due:")) and account not in known:
            differences.add(f"{account} has entries and no wallet")
    return len(transfers), sum(charged.values())


def compare_traffic(taps, store, where, differences):
    counted = defaultdict(int)
    for tap in taps:
        counted[tap["station_id"], tap["tapped_at"] // HOUR, tap["direction"]] += 1
    rows = store.rows("traffic_hours", ["station_id", "hour", "direction", "taps"], where)
    stored = {(row["station_id"], row["hour"], row["direction"]): row["taps"] for row in rows}
    for cell in sorted(counted.keys() | stored.keys()):
        differences.equal(f"traffic of {cell}", counted.get(cell, 0), stored.get(cell, 0))
    return len(counted)


def compare_journal(path, taps, differences):
    """Every tap that was acknowledged as stored is there."""
    stored = {(tap["gate_id"], tap["sequence"]) for tap in taps}
    acknowledged = 0
    with open(path, encoding="utf-8") as file:
        next(file)
        for text in file:
            if not text.endswith("\n"):
                break
            line = json.loads(text)
            acknowledged += len(line["stored"])
            for sequence in line["stored"]:
                if (line["gate"], sequence) not in stored:
                    differences.add(f"tap {sequence} of {line['gate']} was acknowledged and is lost")
    return acknowledged


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--sqlite")
    arguments.add_argument("--postgres")
    arguments.add_argument("--schema", default="nfcgate_live")
    arguments.add_argument("--realm", default="live")
    arguments.add_argument("--journal", action="append", default=[])
    arguments.add_argument("--now", type=int, help="the realm's clock in microseconds; the system's without it")
    options = arguments.parse_args()
    if bool(options.sqlite) == bool(options.postgres):
        arguments.error("name one store: --sqlite or --postgres")
    store = Sqlite(options.sqlite) if options.sqlite else Postgres(options.postgres, options.schema)
    where = f"realm = '{options.realm}'"
    now = options.now if options.now is not None else time.time_ns() // 1000

    started = time.monotonic()
    differences = Differences()
    for problem in store.check():
        differences.add(problem)
    columns = ["gate_id", "sequence", "station_id", "direction", "media_id", "payer", "payment_method",
               "tapped_at", "denied"]
    every = store.rows("taps", columns, where)
    passed = [tap for tap in every if not tap["denied"]]
    changes = defaultdict(list)
    riders = "rider_id in (select id from {}riders where " + where + ")"
    schema = "" if options.sqlite else f"{options.schema}."
    for change in store.rows("rider_user_types", ["rider_id", "since_day", "user_type"], riders.format(schema)):
        changes[change["rider_id"]].append(change)

    network, tariffs = Network(), Tariffs()
    by_payer = defaultdict(list)
    for tap in passed:
        by_payer[tap["payer"]].append(tap)
    expected = {}
    for payer, taps in by_payer.items():
        expected.update(rate(taps, changes.get(payer, []), network, tariffs, now))

    charged, superseded = compare_journeys(expected, store, where, now, differences)
    transfers, revenue = compare_ledger(charged, store, where, differences)
    cells = compare_traffic(passed, store, where, differences)
    acknowledged = sum(compare_journal(path, every, differences) for path in options.journal)
    print(f"{len(every)} taps, {acknowledged} of them acknowledged in journals · {len(by_payer)} payers · "
          f"{len(expected)} journeys ({superseded} superseded beside them) · {transfers} transfers · "
          f"Rp {revenue:,} charged · {cells} traffic cells · {time.monotonic() - started:.1f} s")
    if differences.count:
        print(f"{differences.count} differences")
        return 1
    print("Everything is equal." if every else "There are no taps.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
