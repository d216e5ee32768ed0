//! A file of contacts, as spreadsheets and address books write it: which column is what, row by row.
//!
//! People send what their last program gave them. So the header's names are taken in many spellings, a semicolon between
//! the columns is as good as a comma, and columns that mean nothing here are named instead of refused.

use ::csv::{ReaderBuilder, StringRecord, Trim};
pub use switchboard_domain::contact::ImportColumn as Column;

/// Rows that one file may have. More takes longer than anybody waits for an answer.
pub const MAX_ROWS: usize = 20_000;
/// Characters that one cell may have.
const MAX_CELL: usize = 1_000;

/// Spellings of a column's name, without case, blanks and marks.
const SPELLINGS: &[(Column, &[&str])] = &[
    (Column::Name, &["name", "fullname", "displayname", "contact", "contactname", "nombrecompleto", "contacto"]),
    (Column::FirstName, &["firstname", "givenname", "nombre", "nombres"]),
    (Column::LastName, &["lastname", "surname", "familyname", "apellido", "apellidos"]),
    (
        Column::Phone,
        &[
            "phone",
            "phonenumber",
            "number",
            "mobile",
            "mobilephone",
            "mobilenumber",
            "cell",
            "cellphone",
            "tel",
            "telephone",
            "phone1value",
            "primaryphone",
            "telefono",
            "telefonomovil",
            "movil",
            "celular",
            "numero",
            "numerodetelefono",
        ],
    ),
    (Column::Email, &["email", "emailaddress", "mail", "email1value", "primaryemail", "correo", "correoelectronico"]),
    (
        Column::Company,
        &[
            "company",
            "companyname",
            "organization",
            "organisation",
            "organizationname",
            "organization1name",
            "business",
            "account",
            "empresa",
            "compania",
            "organizacion",
        ],
    ),
];

/// A file that was read as a whole.
#[derive(Debug)]
pub struct Table {
    /// What each column is; `None` for one that is left out.
    columns: Vec<Option<Column>>,
    /// The header's names of the columns that are left out.
    pub ignored: Vec<String>,
    rows: Vec<(u64, StringRecord)>,
}

/// A file cannot be taken in at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    #[error("the file is empty; its first row must name the columns")]
    Empty,
    #[error("the file is not text in UTF-8; save it as \"CSV UTF-8\"")]
    NotUtf8,
    #[error(
        "no column is called phone or email, and a contact needs one of them; the first row must name the columns, such \
             as: name, phone, email, company"
    )]
    NoKey,
    #[error("two columns are both called {0}; rename or remove one of them")]
    Twice(Column),
    #[error("the file has more than {MAX_ROWS} rows; split it")]
    TooManyRows,
    #[error("the file cannot be read as CSV")]
    Unreadable,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Line<'t> {
    /// The line of the file that it begins on, as editors and spreadsheets count.
    pub row: u64,
    table: &'t Table,
    cells: &'t StringRecord,
}

impl<'t> Line<'t> {
    /// What stands in a column; `None` where it is empty or not there.
    pub fn cell(&self, column: Column) -> Option<&'t str> {
        let place = self.table.columns.iter().position(|held| *held == Some(column))?;
        // Spreadsheets write an apostrophe before what must not be taken for a formula.
        let text = self.cells.get(place)?.trim().trim_start_matches('\'').trim();
        (!text.is_empty()).then_some(text)
    }

    /// The whole name.
    pub fn name(&self) -> Option<String> {
        if let Some(name) = self.cell(Column::Name) {
            return Some(name.to_owned());
        }
        let parts: Vec<&str> =
            [Column::FirstName, Column::LastName].iter().filter_map(|part| self.cell(*part)).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// A column whose text is longer than any such text is.
    pub fn too_long(&self) -> Option<Column> {
        Column::ALL.iter().copied().find(|column| self.cell(*column).is_some_and(|text| text.len() > MAX_CELL))
    }

    fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

impl Table {
    pub fn read(file: &[u8]) -> Result<Self, TableError> {
        let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        let text = std::str::from_utf8(file).map_err(|_| TableError::NotUtf8)?;
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter(text))
            .has_headers(false)
            .flexible(true)
            .trim(Trim::None)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let header = records.next().ok_or(TableError::Empty)?.map_err(|_| TableError::Unreadable)?;
        let mut lines = Lines { text, read_to: 0, line: 1 };
        let (columns, ignored) = columns_of(&header)?;
        let mut table = Self { columns, ignored, rows: Vec::new() };
        for record in records {
            let record = record.map_err(|_| TableError::Unreadable)?;
            let row = lines.of(record.position().map_or(0, ::csv::Position::byte));
            if (Line { row, table: &table, cells: &record }).is_blank() {
                continue;
            }
            if table.rows.len() == MAX_ROWS {
                return Err(TableError::TooManyRows);
            }
            table.rows.push((row, record));
        }
        Ok(table)
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.rows.iter().map(|(row, cells)| Line { row: *row, table: self, cells })
    }

    /// The columns that were understood.
    pub fn understood(&self) -> Vec<Column> {
        self.columns.iter().flatten().copied().collect()
    }
}

/// The lines that rows begin on. The reader counts them itself, but loses one where lines end as on Windows.
struct Lines<'t> {
    text: &'t str,
    /// Counted up to here.
    read_to: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the row that is read next from this place on; empty lines before it are none of its own.
    fn of(&mut self, place: u64) -> u64 {
        let bytes = self.text.as_bytes();
        let mut begin = usize::try_from(place).unwrap_or(usize::MAX).clamp(self.read_to, bytes.len());
        while bytes.get(begin).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            begin += 1;
        }
        let skipped = self.text.get(self.read_to..begin).unwrap_or_default();
        self.line += skipped.matches('\n').count() as u64;
        self.read_to = begin;
        self.line
    }
}

/// Whatever there is more of in the header: spreadsheets in half of Europe write semicolons, and some programs tabs.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |sign: char| header.matches(sign).count();
    [(';', b';'), ('\t', b'\t')]
        .into_iter()
        .fold((count(','), b','), |most, (sign, byte)| if count(sign) > most.0 { (count(sign), byte) } else { most })
        .1
}

fn columns_of(header: &StringRecord) -> Result<(Vec<Option<Column>>, Vec<String>), TableError> {
    let mut columns: Vec<Option<Column>> = Vec::with_capacity(header.len());
    let mut ignored = Vec::new();
    for written in header {
        let column = column_called(written);
        if let Some(twice) = column.filter(|_| columns.contains(&column)) {
            return Err(TableError::Twice(twice));
        }
        if column.is_none() && !written.trim().is_empty() {
            ignored.push(written.trim().chars().take(60).collect());
        }
        columns.push(column);
    }
    // `Nombre` is a first name beside a surname, and the whole name without one.
    if !columns.contains(&Some(Column::LastName)) && !columns.contains(&Some(Column::Name)) {
        for column in columns.iter_mut().filter(|column| **column == Some(Column::FirstName)) {
            *column = Some(Column::Name);
        }
    }
    let has = |column| columns.contains(&Some(column));
    if has(Column::Phone) || has(Column::Email) { Ok((columns, ignored)) } else { Err(TableError::NoKey) }
}

fn column_called(written: &str) -> Option<Column> {
    let plain = |c: char| match c {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' => 'u',
        'ñ' => 'n',
        c => c,
    };
    let name: String = written.to_lowercase().chars().filter(|c| c.is_alphanumeric()).map(plain).collect();
    SPELLINGS.iter().find(|(_, spellings)| spellings.contains(&name.as_str())).map(|(column, _)| *column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str) -> Vec<(u64, Option<String>, Option<String>)> {
        let table = Table::read(file.as_bytes()).unwrap();
        table.lines().map(|line| (line.row, line.name(), line.cell(Column::Phone).map(str::to_owned))).collect()
    }

    #[test]
    fn files_are_read_as_programs_write_them() {
        let some = |text: &str| Some(text.to_owned());
        let expected = vec![(2, some("Lee, Jordan"), some("+1 415")), (4, some("Ana"), None)];
        assert_eq!(
            read("\u{feff}Name,Phone Number,email\r\n\"Lee, Jordan\",'+1 415,\r\n\r\nAna,,a@x.com\r\n"),
            expected
        );
        assert_eq!(read("Teléfono;Nombre;Correo electrónico\n600;Ana;\n"), [(2, some("Ana"), some("600"))]);
        assert_eq!(read("first_name\tlast-name\tMobile\nAna\tGil\t600"), [(2, some("Ana Gil"), some("600"))]);
        // A name over two lines: the next row still knows its line.
        assert_eq!(read("name,phone\n\"A\nB\",1\nC,2\n").iter().map(|row| row.0).collect::<Vec<_>>(), [2, 4]);
        // Rows that are shorter or longer than the header.
        assert_eq!(read("name,phone\nA\nB,2,3\n"), [(2, some("A"), None), (3, some("B"), some("2"))]);
    }

    #[test]
    fn what_is_no_such_file_is_refused_with_the_reason() {
        let refused = |file: &[u8]| Table::read(file).unwrap_err();
        assert_eq!(refused(b""), TableError::Empty);
        assert_eq!(refused(b"name,age\nA,3\n"), TableError::NoKey);
        assert_eq!(refused(b"phone,Mobile\n1,2\n"), TableError::Twice(Column::Phone));
        assert_eq!(refused(b"phone\n\xff\n"), TableError::NotUtf8);
        let long = "phone\n".to_owned() + &"1\n".repeat(MAX_ROWS + 1);
        assert_eq!(refused(long.as_bytes()), TableError::TooManyRows);
    }

    #[test]
    fn columns_that_mean_nothing_are_named() {
        let table = Table::read(b"phone,Favourite colour,,Notes\n1,red,,x\n").unwrap();
        assert_eq!(table.ignored, ["Favourite colour", "Notes"]);
        assert_eq!(table.understood(), [Column::Phone]);
    }
}
