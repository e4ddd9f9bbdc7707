//! Names of time zones that are not IANA's.
//!
//! Windows: the rows of territory 001 of Unicode's CLDR (`windowsZones.xml`), but for names that mean a place in Brazil, too. Blip's
//! customers mean that place: SA Western is Manaus, SA Eastern Fortaleza, SA Pacific Rio Branco. Rails: `ActiveSupport::TimeZone`.

use jiff::tz::TimeZone;

use super::SourceError;
use crate::fold::{cut_line, same};

/// `Windows name=IANA name`, one a line.
const WINDOWS: &str = include_str!("windows_zones.txt");
/// `Rails name=IANA name`, one a line.
const RAILS: &str = include_str!("rails_zones.txt");

/// The IANA name of a zone of Windows. A name of IANA is one already.
pub(super) fn of_windows(name: &str) -> Result<String, SourceError> {
    find(WINDOWS, name)
}

/// The IANA name of a zone of Rails. A name of IANA is one already.
pub(super) fn of_rails(name: &str) -> Result<String, SourceError> {
    find(RAILS, name)
}

fn find(table: &str, name: &str) -> Result<String, SourceError> {
    let row = table.lines().filter_map(|row| row.split_once('=')).find(|(known, _)| same(known, name));
    if let Some((_, zone)) = row {
        return Ok(zone.to_owned());
    }
    let iana = Some(name).filter(|name| name.contains('/')).and_then(|name| TimeZone::get(name).ok());
    let iana = iana.and_then(|zone| zone.iana_name().map(str::to_owned));
    iana.ok_or_else(|| SourceError::Zone(cut_line(name, 60)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_zone_of_the_tables_is_known() {
        for (table, least) in [(WINDOWS, 100), (RAILS, 140)] {
            let rows: Vec<_> = table.lines().map(|row| row.split_once('=').unwrap()).collect();
            assert!(rows.len() > least);
            for (name, zone) in &rows {
                assert!(TimeZone::get(zone).is_ok(), "{name} {zone}");
                assert_eq!(rows.iter().filter(|(other, _)| same(other, name)).count(), 1, "{name}");
            }
        }
    }

    #[test]
    fn the_zones_of_brazil() {
        for (name, zone) in [
            ("E. South America Standard Time", "America/Sao_Paulo"),
            ("Central Brazilian Standard Time", "America/Cuiaba"),
            ("SA Western Standard Time", "America/Manaus"),
            ("SA Eastern Standard Time", "America/Fortaleza"),
            ("Bahia Standard Time", "America/Bahia"),
            ("Tocantins Standard Time", "America/Araguaina"),
            ("SA Pacific Standard Time", "America/Rio_Branco"),
            ("America/Recife", "America/Recife"),
            ("america/recife", "America/Recife"),
        ] {
            assert_eq!(of_windows(name).as_deref(), Ok(zone), "{name}");
        }
        assert_eq!(of_rails("Brasilia").as_deref(), Ok("America/Sao_Paulo"));
        assert_eq!(of_rails("Eastern Time (US & Canada)").as_deref(), Ok("America/New_York"));
        for wrong in ["", "Brasília/DF", "../etc/passwd", "/etc/localtime"] {
            assert_eq!(of_rails(wrong), Err(SourceError::Zone(wrong.to_owned())), "{wrong}");
        }
    }
}
