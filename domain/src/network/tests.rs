//! Figures come from the published tables quoted in `data/SOURCES.md`.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use proptest::prelude::*;

use super::nearby::great_circle_m;
use super::*;

static NETWORK: LazyLock<Network> = LazyLock::new(|| Network::embedded().unwrap());

fn metres(from: &str, to: &str) -> u32 {
    NETWORK.distance_m(NETWORK.find(from).unwrap().ix, NETWORK.find(to).unwrap().ix)
}

fn found(q: &str) -> Vec<&'static str> {
    NETWORK.list(None, Some(q)).into_iter().map(|station| station.name.as_str()).collect()
}

#[test]
fn the_operators_whole_kilometres_are_met() {
    let published = [
        ("BOO", [("DP", 22), ("MRI", 44), ("THB", 50), ("JNG", 47), ("JAKK", 54), ("KPB", 56)].as_slice()),
        ("DP", &[("MRI", 22), ("THB", 28), ("JNG", 25), ("JAKK", 32), ("KPB", 34)]),
        ("MRI", &[("THB", 6), ("JAKK", 9), ("BKS", 17)]),
    ];
    for (from, row) in published {
        for &(to, km) in row {
            assert_eq!(metres(from, to) / 1000, km, "{from} {to}");
        }
    }
}

#[test]
fn distances_are_exact_to_the_metre() {
    for (from, to, expected) in [
        ("BOO", "RK", 123_761),
        ("JAKK", "CKR", 44_183),
        ("JAKK", "JNG", 12_512),
        ("JAKK", "BKS", 27_321),
        ("AC", "BPR", 23_155),
        ("BOO", "MRI", 44_920),
        ("BOO", "JAKK", 54_810),
        ("STN_GMB", "STN_DPK", 27_062),
        // Through closed Karet.
        ("THB", "SUDB", 2_431),
        ("BOO", "BOO", 0),
    ] {
        assert_eq!(metres(from, to), expected, "{from} {to}");
    }
    let longest = NETWORK
        .stations()
        .iter()
        .flat_map(|a| NETWORK.stations().iter().map(|b| NETWORK.distance_m(a.ix, b.ix)))
        .max();
    assert_eq!(longest, Some(123_761));
}

#[test]
fn lines_are_as_long_as_published() {
    for (line, expected_m, stations) in [
        ("bogor", 54_810, 25),
        ("nambo", 13_309, 4),
        ("rangkasbitung", 72_769, 20),
        ("tangerang", 19_407, 11),
        ("tanjungpriok", 8_130, 5),
        ("cikarang", 60_483, 26),
    ] {
        let line = NETWORK.line(line).unwrap();
        assert_eq!((line.length_km.metres(), line.stations.len()), (expected_m, stations), "{}", line.id);
    }
    assert_eq!(NETWORK.lines().len(), 6);
    assert_eq!((metres("JNG", "CKR"), metres("JNG", "BKS")), (31_671, 14_809));
}

#[test]
fn the_cikarang_line_is_a_stick_and_a_loop() {
    let line = NETWORK.line("cikarang").unwrap();
    let ids: Vec<_> = line.stations.iter().map(|stop| stop.id.code()).collect();
    assert_eq!((ids[0], ids[11], *ids.last().unwrap()), ("CKR", "JNG", "MTR"));
    assert_eq!(line.loops_back_to.unwrap().to_string(), "STN_JNG");
    assert!(!ids.contains(&"KAT"));
    let nambo = NETWORK.line("nambo").unwrap();
    assert_eq!((nambo.branch_of.as_deref(), nambo.stations[0].id.code()), (Some("bogor"), "CTA"));
    assert_eq!(NETWORK.line("bogor").unwrap().loops_back_to, None);
}

#[test]
fn a_line_has_exactly_the_stations_that_name_it() {
    for line in NETWORK.lines() {
        let of_line: HashSet<_> = line.stations.iter().map(|stop| stop.id).collect();
        let naming: HashSet<_> =
            NETWORK.list(Some(&line.id), None).into_iter().map(|station| station.id).collect();
        assert_eq!(of_line, naming, "{}", line.id);
        assert_eq!(of_line.len(), line.stations.len(), "{}", line.id);
    }
}

#[test]
fn line_aliases_select_and_unknown_lines_are_empty() {
    let ids = |line| NETWORK.list(Some(line), None).into_iter().map(|station| station.id).collect::<Vec<_>>();
    assert_eq!(ids("bekasi"), ids("cikarang"));
    assert_eq!(ids("Tanjung Priuk"), ids("tanjungpriok"));
    assert_eq!(ids("BOGOR").len(), 25);
    for unknown in ["", "merak", "bogor,cikarang", "'--", &"b".repeat(70_000)] {
        assert!(ids(unknown).is_empty(), "{unknown:.20}");
    }
}

#[test]
fn both_spellings_of_an_id_name_one_station() {
    for (portal, operator, name) in [
        ("STN_JDA", "JUA", "Juanda"),
        ("STN_GMB", "GMR", "Gambir"),
        ("STN_MGR", "MRI", "Manggarai"),
        ("STN_DPK", "DP", "Depok"),
    ] {
        let station = NETWORK.find(portal).unwrap();
        assert_eq!((station.name.as_str(), station.id.to_string().as_str()), (name, portal));
        let wire = station.wire(0, 0);
        assert_eq!(
            (wire.code.as_str(), wire.aliases.as_slice()),
            (&portal[4..], &[operator.to_owned(), format!("STN_{operator}")][..])
        );
        for alias in wire.aliases.iter().chain([&wire.code, &portal.to_lowercase(), &operator.to_lowercase()])
        {
            assert_eq!(NETWORK.find(alias).unwrap().ix, station.ix, "{alias}");
        }
    }
    assert_eq!(NETWORK.find("stn_boo").unwrap().id.to_string(), "STN_BOO");
    for unknown in ["", "STN_", "STN_XXX", "Gambir", "STN_GMB ", "STN_GMB\0", &"STN_GMB".repeat(10_000)] {
        assert!(NETWORK.find(unknown).is_none(), "{unknown:.20}");
    }
}

#[test]
fn a_closed_station_answers_but_is_not_offered() {
    let karet = NETWORK.find("STN_KAT").unwrap();
    assert_eq!((karet.status, &karet.operating_hours), (StationStatus::Closed, &None));
    assert_eq!(NETWORK.find_open("kat").unwrap_err(), StationError::Closed(karet.id));
    assert_eq!(NETWORK.find_open("XXX").unwrap_err(), StationError::Unknown);
    assert_eq!(
        (NETWORK.stations().len(), NETWORK.open_count(), NETWORK.list(None, None).len()),
        (86, 85, 85)
    );
    assert!(found("Karet").iter().all(|&name| name != "Karet"));
    assert_eq!(karet.planned_gates().count(), 0);
    assert!(NETWORK.nearby(NETWORK.find("SUDB").unwrap().ix).iter().all(|near| near.id != karet.id));
}

#[test]
fn names_are_found_as_people_write_them() {
    for (q, expected) in [
        ("Tanjung Priok", "Tanjung Priuk"),
        ("tanjung priuk", "Tanjung Priuk"),
        ("bojong gede", "Bojonggede"),
        ("BOJONGGEDE", "Bojonggede"),
        ("parungpanjang", "Parung Panjang"),
        ("sudirman baru", "BNI City"),
        ("kebayoran baru", "Kebayoran"),
        ("GMR", "Gambir"),
        ("gmb", "Gambir"),
        ("JIS", "Jakarta International Stadium"),
        ("Stasiun Gambir", "Gambir"),
        ("  gambir  ", "Gambir"),
        ("Gámbïr", "Gambir"),
        ("gambir", "Gambir"),
        // Typos: a letter too few, two swapped, a wrong one, a half-typed name.
        ("mangarai", "Manggarai"),
        ("gambri", "Gambir"),
        ("sudirmam", "Sudirman"),
        ("rangkasbtng", "Rangkasbitung"),
        ("tanahabng", "Tanah Abang"),
        ("jatinegra", "Jatinegara"),
        ("manggrai st", "Manggarai"),
    ] {
        assert_eq!(found(q).first().copied(), Some(expected), "{q}");
    }
}

#[test]
fn better_fits_come_first() {
    assert_eq!(found("depok"), ["Depok", "Depok Baru"]);
    assert_eq!(found("baru depok"), ["Depok Baru"]);
    assert_eq!(found("kota"), ["Jakarta Kota", "Taman Kota"]);
    assert_eq!(found("tan"), ["Tanah Abang", "Tanah Tinggi", "Tangerang", "Tanjung Barat", "Tanjung Priuk"]);
    assert_eq!(found("sudirman")[..2], ["Sudirman", "BNI City"]);
    assert_eq!(found("angke"), ["Angke"]);
    // Spelled right: no lookalikes, not even on a line that lacks it.
    assert!(NETWORK.list(Some("tangerang"), Some("depok")).is_empty());
    assert_eq!(NETWORK.list(Some("cikarang"), Some("manggarai")).len(), 1);
}

#[test]
fn a_query_that_cannot_match_matches_nothing() {
    for q in [
        "zzzzzz",
        "!!!",
        "%",
        "' OR 1=1 --",
        "\u{301}\u{301}",
        &"gambir".repeat(20_000),
        &"\u{fdfa}".repeat(100),
    ] {
        assert!(found(q).is_empty(), "{q:.20}");
    }
    for q in ["", "   ", "\t"] {
        assert_eq!(found(q).len(), 85, "{q:?}");
    }
}

#[test]
fn stations_are_where_the_network_is() {
    let mut names = HashSet::new();
    let mut ids = HashSet::new();
    for station in NETWORK.stations() {
        assert!(
            (-6.7..=-6.0).contains(&station.lat) && (106.1..=107.3).contains(&station.lng),
            "{}",
            station.id
        );
        assert!(names.insert(&station.name) && ids.insert(station.id), "{}", station.id);
        assert_eq!(station.operating_hours.is_some(), station.is_open(), "{}", station.id);
        assert_eq!(
            station.accessibility.elevator == Some(true),
            station.facilities.iter().any(|f| f == "elevator"),
            "{}",
            station.id
        );
        assert!(
            !station.is_open()
                || (station.gates_in > 0 && station.gates_out > 0 && station.capacity_per_hour > 0),
            "{}",
            station.id
        );
    }
}

#[test]
fn facilities_use_the_documented_words_and_unknown_is_said() {
    let words = [
        "elevator",
        "escalator",
        "toilet",
        "accessible_toilet",
        "musholla",
        "nursing_room",
        "charging",
        "lockers",
        "parking",
        "bike_parking",
    ];
    let wire: Vec<_> = NETWORK.stations().iter().map(|station| station.wire(0, 0)).collect();
    assert!(
        wire.iter()
            .flat_map(|station| &station.facilities)
            .all(|facility| words.contains(&facility.as_str()))
    );
    assert!(wire.iter().all(|station| station.facilities_known != station.facilities.is_empty()));
    // Sixteen in full, Jatake in part, and Gambir from the portal's pages.
    assert_eq!(wire.iter().filter(|station| station.facilities_known).count(), 18);
    assert_eq!(NETWORK.find("SUD").unwrap().accessibility.elevator, Some(false));
    assert_eq!(NETWORK.find("BOO").unwrap().accessibility, Accessibility::default());
}

#[test]
fn track_is_never_shorter_than_the_straight_line() {
    let segments = read_segments(include_str!("../../../data/segments.csv"), &NETWORK.by_code).unwrap();
    assert_eq!(segments.len(), 87);
    let mut pairs = HashSet::new();
    for segment in segments {
        let (a, b) = (&NETWORK.stations[segment.from], &NETWORK.stations[segment.to]);
        assert!(pairs.insert((a.ix.min(b.ix), a.ix.max(b.ix))), "{} {}", a.id, b.id);
        let straight = f64::from(great_circle_m(a, b));
        let track = f64::from(segment.metres);
        assert!(straight - 1.0 <= track && track < 1.6 * straight, "{} {}: {straight} {track}", a.id, b.id);
    }
}

#[test]
fn a_station_reads_as_on_the_page() {
    let gambir = NETWORK.find("STN_GMB").unwrap();
    let json = serde_json::to_value(gambir.wire(4, 4)).unwrap();
    let expected = serde_json::json!({
        "id": "STN_GMB", "name": "Gambir", "code": "GMB", "line": ["bogor"], "lat": -6.1769, "lng": 106.8317,
        "gates_online": 4, "gates_total": 4, "facilities": ["elevator", "toilet", "musholla"], "facilities_known": true,
        "operating_hours": {"open": "05:00", "close": "24:00", "timezone": "Asia/Jakarta", "closes_next_day": false},
        "aliases": ["GMR", "STN_GMR"], "status": "open",
    });
    assert_eq!(json, expected);
    let bojonggede = NETWORK.find("BJD").unwrap().operating_hours.clone().unwrap();
    assert_eq!((bojonggede.close.as_str(), bojonggede.closes_next_day), ("01:03", true));
}

#[test]
fn the_detail_counts_its_gates_and_names_its_neighbours() {
    let gambir = NETWORK.find("GMB").unwrap();
    let gates: Vec<_> = gambir
        .planned_gates()
        .zip([true, false, true, true])
        .map(|(gate, online)| Gate { id: gate.id, direction: gate.direction, online, last_seen_at: None })
        .collect();
    assert_eq!(
        gates.iter().map(|gate| gate.id.as_str()).collect::<Vec<_>>(),
        ["GATE_GMB_IN_01", "GATE_GMB_IN_02", "GATE_GMB_OUT_01", "GATE_GMB_OUT_02"]
    );
    let detail = NETWORK.detail(gambir.ix, gates);
    assert_eq!((detail.station.gates_online, detail.station.gates_total), (3, 4));
    let near: Vec<_> = detail.nearby.iter().map(|near| near.name.as_str()).collect();
    assert_eq!(near[..2], ["Gondangdia", "Juanda"]);
    assert!(detail.nearby.is_sorted_by_key(|near| near.distance_km));
    let json = serde_json::to_value(&detail).unwrap();
    assert_eq!((&json["name"], &json["accessibility"]["elevator"]), (&"Gambir".into(), &true.into()));
    assert_eq!(serde_json::from_value::<StationDetail>(json).unwrap(), detail);
    let all: HashSet<_> =
        NETWORK.stations().iter().flat_map(StationRecord::planned_gates).map(|gate| gate.id).collect();
    assert_eq!(
        all.len(),
        NETWORK.stations().iter().map(|s| usize::from(s.gates_in + s.gates_out)).sum::<usize>()
    );
}

#[test]
fn a_faulty_table_is_refused_with_its_place() {
    const HEADER: &str = "id,operator_code,name,aliases,other_names,lines,lat,lng,status,open,close,closes_next_day,facilities,accessibility,gates_in,gates_out,capacity_per_hour,daily_taps,daily_taps_basis\n";
    const SEGMENTS: &str = "line,from_code,to_code,km\n";
    let station = |code: &str, status: &str| {
        format!("STN_{code},{code},{code},,,x,-6.1,106.8,{status},05:00,24:00,no,,,2,2,600,,\n")
    };
    let parse = |stations: &str, segments: &str| {
        Network::parse(
            &format!("{HEADER}{stations}"),
            &format!("{SEGMENTS}{segments}"),
            "id,name,colour,aliases,branch_of,first_departure,last_departure\n",
        )
    };
    let two = station("AA", "open") + &station("BB", "open");
    assert_eq!(parse(&two, "x,AA,BB,1.5\n").map(|network| network.stations.len()), Ok(2));
    let faults = BTreeMap::from([
        ("status", parse(&station("AA", "shut"), "")),
        ("cells", parse("STN_AA,AA\n", "")),
        ("STN_AA cannot be reached", parse(&(station("BB", "open") + &station("AA", "open")), "")),
        ("two stations", parse(&(station("AA", "open") + &station("AA", "open")), "")),
        ("STN_CC is not", parse(&two, "x,AA,CC,1.5\n")),
        ("`km` cannot be `-1`", parse(&two, "x,AA,BB,-1\n")),
    ]);
    for (words, outcome) in faults {
        let message = outcome.unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
    }
}

proptest! {
    #[test]
    fn distances_are_a_metric(a in 0_u16..86, b in 0_u16..86, c in 0_u16..86) {
        let between = |from, to| NETWORK.distance_m(StationIx(from), StationIx(to));
        prop_assert_eq!(between(a, b), between(b, a));
        prop_assert!(between(a, c) <= between(a, b) + between(b, c));
        prop_assert_eq!(between(a, b) == 0, a == b);
    }

    #[test]
    fn no_query_breaks_the_search(q in ".{0,120}", line in proptest::option::of("[a-z]{0,12}")) {
        prop_assert!(NETWORK.list(line.as_deref(), Some(&q)).len() <= 85);
        let _ = NETWORK.find(&q);
    }
}
