//! The fixed parts of a workbook's XML.

use std::fmt::Write as _;

use super::xlsx::push_escaped;

/// Places in [`STYLES`].
pub const STYLE_TEXT: u8 = 0;
pub const STYLE_HEAD: u8 = 1;
pub const STYLE_COUNT: u8 = 2;
pub const STYLE_DECIMAL: u8 = 3;
pub const STYLE_SHARE: u8 = 4;
pub const STYLE_LENGTH: u8 = 5;
pub const STYLE_MOMENT: u8 = 6;
pub const STYLE_QUOTED: u8 = 7;

/// Fonts, fills and formats, and the styles above in their order.
pub const STYLES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
    r#"<numFmts count="3"><numFmt numFmtId="164" formatCode="0.0%"/><numFmt numFmtId="165" formatCode="[h]:mm:ss"/>"#,
    r#"<numFmt numFmtId="166" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>"#,
    r#"<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>"#,
    r#"<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>"#,
    r#"<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>"#,
    r#"<fill><patternFill patternType="solid"><fgColor rgb="FFE9ECEF"/><bgColor indexed="64"/></patternFill></fill></fills>"#,
    r#"<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"#,
    r#"<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>"#,
    r#"<cellXfs count="8"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>"#,
    r#"<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>"#,
    r#"<xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#,
    r#"<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#,
    r#"<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#,
    r#"<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#,
    r#"<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#,
    r#"<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs>"#,
    r#"<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#,
);

/// A sheet up to its columns: the heading stays in sight.
pub const SHEET_HEAD: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
    r#"<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>"#,
    r#"<sheetViews><sheetView workbookViewId="0">"#,
    r#"<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>"#,
    r#"<sheetFormatPr defaultRowHeight="15"/>"#,
);

/// What the whole file is.
pub const RELATIONS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" "#,
    r#"Target="xl/workbook.xml"/></Relationships>"#,
);

/// How a sheet is printed: as wide as the page, its name and what it is about at the edges of each.
pub fn sheet_tail(title: &str, footer: &str) -> String {
    let mut xml = String::from(
        r#"<pageMargins left="0.5" right="0.5" top="0.75" bottom="0.75" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/><headerFooter><oddHeader>&amp;L"#,
    );
    push_print(&mut xml, title);
    xml.push_str("</oddHeader><oddFooter>&amp;L");
    push_print(&mut xml, footer);
    xml.push_str("&amp;R&amp;P / &amp;N</oddFooter></headerFooter></worksheet>");
    xml
}

/// In a page's head and foot `&` begins an order. All of it may have 255 characters.
fn push_print(xml: &mut String, text: &str) {
    let text: String = text.chars().filter(|c| !c.is_control()).take(110).collect();
    push_escaped(xml, text.replace('&', "&&").chars());
}

/// The list of sheets.
pub fn workbook(sheets: &[String]) -> String {
    let mut xml = String::from(concat!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" "#,
        r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>"#,
    ));
    for (i, name) in sheets.iter().enumerate() {
        xml.push_str("<sheet name=\"");
        push_escaped(&mut xml, name.chars());
        let _ = write!(xml, "\" sheetId=\"{0}\" r:id=\"rId{0}\"/>", i + 1);
    }
    xml.push_str("</sheets></workbook>");
    xml
}

/// Where the sheets and the styles are.
pub fn workbook_relations(sheets: usize) -> String {
    const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut xml = String::from(concat!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    ));
    for n in 1..=sheets {
        let _ = write!(xml, r#"<Relationship Id="rId{n}" Type="{KIND}/worksheet" Target="worksheets/sheet{n}.xml"/>"#);
    }
    let _ = write!(xml, r#"<Relationship Id="rId{}" Type="{KIND}/styles" Target="styles.xml"/>"#, sheets + 1);
    xml.push_str("</Relationships>");
    xml
}

/// What kind of thing each part is.
pub fn content_types(sheets: usize) -> String {
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let mut xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>"#
    );
    for n in 1..=sheets {
        let _ = write!(xml, r#"<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>"#);
    }
    xml.push_str("</Types>");
    xml
}
