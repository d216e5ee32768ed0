//! Pages of text at places: what is drawn where, and when a page is full.

use pdf_writer::{Content, Name, Str, types::TextRenderingMode};

use super::{
    BODY,
    font::{Font, Shaped},
};

/// A4 across, in points.
pub const WIDTH: f32 = 841.89;
pub const HEIGHT: f32 = 595.28;
const MARGIN: f32 = 36.0;
/// What a line may take up.
pub const ROOM: f32 = WIDTH - 2.0 * MARGIN;
/// Under which nothing but the foot is written.
const FOOT: f32 = 48.0;
/// From one row to the next.
pub const ROW: f32 = 14.0;
/// From a row's edge to its letters.
const BASELINE: f32 = 4.2;
const INSET: f32 = 4.0;
/// The font's name in the file.
pub const FONT: &[u8] = b"F1";
const INK: f32 = 0.12;
const GREY: f32 = 0.42;
/// Of the bars behind numbers: light enough to read through, dark enough to print.
const BAR: (f32, f32, f32) = (0.80, 0.89, 0.97);

/// How a row looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Head,
    Plain,
    Striped,
}

/// Pages in the making.
pub struct Pages {
    font: Font,
    done: Vec<Content>,
    open: Content,
    /// Where the next thing hangs from.
    top: f32,
}

impl Pages {
    pub fn new(font: Font) -> Self {
        Self { font, done: Vec::new(), open: Content::new(), top: HEIGHT - MARGIN }
    }

    /// How wide a text is.
    pub fn width(&mut self, text: &str, size: f32) -> f32 {
        self.font.shape(text).width * size / 1000.0
    }

    /// A text at a distance from the left margin, hanging from where we are.
    pub fn text(&mut self, x: f32, size: f32, is_bold: bool, text: &str, room: f32) {
        let shaped = self.font.fit(text, room * 1000.0 / size);
        let y = self.top - size;
        write(&mut self.open, &shaped, (MARGIN + x, y), size, is_bold, INK);
    }

    /// A line in small grey letters.
    pub fn grey(&mut self, text: &str) {
        let shaped = self.font.fit(text, ROOM * 1000.0 / BODY);
        write(&mut self.open, &shaped, (MARGIN, self.top - BODY), BODY, false, GREY);
        self.down(BODY + 3.0);
    }

    /// A remark below a table.
    pub fn note(&mut self, text: &str) {
        self.need(ROW);
        self.down(4.0);
        self.grey(text);
    }

    pub fn down(&mut self, by: f32) {
        self.top -= by;
    }

    pub fn is_full(&self, height: f32) -> bool {
        self.top - height < FOOT
    }

    /// Turns the page where there is less room than that.
    pub fn need(&mut self, height: f32) {
        if self.is_full(height) {
            self.turn();
        }
    }

    pub fn turn(&mut self) {
        self.done.push(std::mem::replace(&mut self.open, Content::new()));
        self.top = HEIGHT - MARGIN;
    }

    /// A row of a table. Numbers stand under each other by their ends; where a value has a bar, it is that share of its column.
    pub fn row(&mut self, texts: &[&str], widths: &[f32], numbers: &[bool], (look, bars): (Look, &[Option<f32>])) {
        let bottom = self.top - ROW;
        let all: f32 = widths.iter().sum();
        let shade = match look {
            Look::Head => Some(0.90),
            Look::Striped => Some(0.97),
            Look::Plain => None,
        };
        if let Some(shade) = shade {
            self.open.set_fill_gray(shade).rect(MARGIN, bottom, all, ROW).fill_nonzero();
        }
        let mut left = MARGIN;
        for (width, bar) in widths.iter().zip(bars) {
            if let Some(share) = bar {
                let (red, green, blue) = BAR;
                let long = (width - 2.0) * share.clamp(0.0, 1.0);
                self.open.set_fill_rgb(red, green, blue).rect(left + 1.0, bottom + 2.0, long, ROW - 4.0).fill_nonzero();
            }
            left += width;
        }
        left = MARGIN;
        for ((text, width), is_number) in texts.iter().zip(widths).zip(numbers) {
            let room = width - 2.0 * INSET;
            let shaped = self.font.fit(text, room * 1000.0 / BODY);
            let end = if *is_number { room - shaped.width * BODY / 1000.0 } else { 0.0 };
            let at = (left + INSET + end.max(0.0), bottom + BASELINE);
            write(&mut self.open, &shaped, at, BODY, look == Look::Head, INK);
            left += width;
        }
        self.top = bottom;
    }

    /// The contents of all pages, with their feet.
    pub fn finish(mut self, foot: &str) -> (Vec<Vec<u8>>, Font) {
        self.turn();
        let count = self.done.len();
        let line = self.font.fit(foot, (ROOM - 60.0) * 1000.0 / BODY);
        let mut contents = Vec::with_capacity(count);
        for (i, mut content) in self.done.into_iter().enumerate() {
            write(&mut content, &line, (MARGIN, MARGIN - 8.0), BODY, false, GREY);
            let number = self.font.shape(&format!("{} / {count}", i + 1));
            let x = WIDTH - MARGIN - number.width * BODY / 1000.0;
            write(&mut content, &number, (x, MARGIN - 8.0), BODY, false, GREY);
            contents.push(content.finish().into_vec());
        }
        (contents, self.font)
    }
}

/// Letters at a place. Bold ones are drawn with an outline, which spares a second font.
fn write(content: &mut Content, text: &Shaped, (x, y): (f32, f32), size: f32, is_bold: bool, grey: f32) {
    if text.glyphs.is_empty() {
        return;
    }
    content.begin_text().set_font(Name(FONT), size).set_fill_gray(grey);
    if is_bold {
        content.set_stroke_gray(grey).set_line_width(size * 0.035);
        content.set_text_rendering_mode(TextRenderingMode::FillStroke);
    } else {
        content.set_text_rendering_mode(TextRenderingMode::Fill);
    }
    content.next_line(x, y);
    let mut show = content.show_positioned();
    let mut items = show.items();
    let mut run: Vec<u8> = Vec::with_capacity(text.glyphs.len() * 2);
    for glyph in &text.glyphs {
        run.extend_from_slice(&glyph.id.to_be_bytes());
        let by = glyph.width - glyph.advance;
        if by.abs() > 0.5 {
            items.show(Str(&run)).adjust(by);
            run.clear();
        }
    }
    if !run.is_empty() {
        items.show(Str(&run));
    }
    drop(items);
    drop(show);
    content.end_text();
}
