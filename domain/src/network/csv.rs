//! Reading the comma-separated tables of `data/`: a header row, cells by column name, quoted cells
//! with doubled quotes. No line breaks inside cells.

use std::str::FromStr;

use super::NetworkError;

/// A table whose cells are asked for by column name.
pub(super) struct Table {
    file: &'static str,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// One row, which knows where it stands so that a fault can be found in the file.
pub(super) struct Row<'t> {
    table: &'t Table,
    cells: &'t [String],
    line: usize,
}

impl Table {
    pub(super) fn parse(file: &'static str, text: &str) -> Result<Self, NetworkError> {
        let mut lines = text.lines();
        let columns = cells(lines.next().unwrap_or_default());
        let rows: Vec<_> = lines.map(cells).collect();
        for (index, row) in rows.iter().enumerate() {
            if row.len() != columns.len() {
                let problem = format!("{} cells instead of {}", row.len(), columns.len());
                return Err(NetworkError::Row { file, line: index + 2, problem });
            }
        }
        Ok(Self { file, columns, rows })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().enumerate().map(|(index, cells)| Row { table: self, cells, line: index + 2 })
    }
}

impl<'t> Row<'t> {
    pub(super) fn cell(&self, column: &str) -> Result<&'t str, NetworkError> {
        match self.table.columns.iter().position(|name| name == column) {
            Some(index) => Ok(&self.cells[index]),
            None => Err(self.fault(format!("no column `{column}`"))),
        }
    }

    /// A cell that holds several values between `|`; an empty cell holds none.
    pub(super) fn list(&self, column: &str) -> Result<Vec<String>, NetworkError> {
        let cell = self.cell(column)?;
        Ok(cell.split('|').filter(|value| !value.is_empty()).map(str::to_owned).collect())
    }

    pub(super) fn parsed<T: FromStr>(&self, column: &str) -> Result<T, NetworkError> {
        let cell = self.cell(column)?;
        cell.parse().map_err(|_| self.fault(format!("`{column}` cannot be `{cell}`")))
    }

    pub(super) fn fault(&self, problem: String) -> NetworkError {
        NetworkError::Row { file: self.table.file, line: self.line, problem }
    }
}

fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                push(&mut cells, '"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => push(&mut cells, char),
        }
    }
    cells
}

fn push(cells: &mut [String], char: char) {
    if let Some(cell) = cells.last_mut() {
        cell.push(char);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn quoted_cells_keep_their_commas_and_quotes() {
        assert_eq!(super::cells(r#"a,"b, ""c""",,d"#), ["a", "b, \"c\"", "", "d"]);
    }
}
