//! The one font of our PDF files: how wide a text is in it, which glyphs it needs, and those glyphs for the file.
//!
//! DejaVu Sans Condensed: free to embed and to bundle (its terms are beside it in `assets/fonts`), narrow, which tables want,
//! and of the fonts of its size (0.7 MB) the one that covers most of what callers are called: Latin, Greek, Cyrillic,
//! Armenian, Georgian, Hebrew, Arabic. What it has no letters for (Chinese, Thai, Devanagari: fonts of tens of megabytes) is
//! written in Latin letters instead, so that a name can still be read: 王芳 is shown as "Wang Fang". A file carries the used
//! glyphs only, a few kilobytes.

use std::collections::BTreeMap;

use pdf_writer::{
    Filter, Finish as _, Name, Pdf, Rect, Ref, Str,
    types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap},
};
use rustybuzz::{Direction, Face, UnicodeBuffer, ttf_parser::GlyphId};
use subsetter::GlyphRemapper;
use unicode_bidi::ParagraphBidiInfo;

use super::{PdfError, packed};

static FONT: &[u8] = include_bytes!("../../../assets/fonts/DejaVuSansCondensed.ttf");
/// Six letters before the name say that not all of the font is there.
const NAME: &[u8] = b"SWBRDA+DejaVuSansCondensed";
const INFO: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
/// What stands for the rest of a text.
const REST: char = '…';

/// See the module.
pub struct Font {
    face: Face<'static>,
    glyphs: GlyphRemapper,
    /// What each glyph of the file stands for, and its width.
    used: BTreeMap<u16, (String, f32)>,
    /// The glyphs of plain characters, which most of any table is made of: they need no shaping.
    plain: [Option<Glyph>; 128],
}

/// A glyph at its place; lengths in thousandths of the font's size.
#[derive(Debug, Clone, Copy)]
pub struct Glyph {
    pub id: u16,
    /// How far the next one is.
    pub advance: f32,
    /// How far it would be by itself.
    pub width: f32,
}

/// A text as glyphs, from left to right.
#[derive(Debug, Clone, Default)]
pub struct Shaped {
    pub glyphs: Vec<Glyph>,
    pub width: f32,
}

impl Font {
    pub fn new() -> Result<Self, PdfError> {
        let face = Face::from_slice(FONT, 0).ok_or(PdfError::Font)?;
        let mut used = BTreeMap::new();
        used.insert(0, (String::new(), 600.0));
        Ok(Self { face, glyphs: GlyphRemapper::new(), used, plain: [None; 128] })
    }

    /// Thousandths of the size per unit of the font.
    #[expect(clippy::cast_precision_loss, reason = "units of a font are a few thousand")]
    fn scale(&self) -> f32 {
        1000.0 / self.face.units_per_em() as f32
    }

    /// A text in one line.
    pub fn shape(&mut self, text: &str) -> Shaped {
        let text = self.writable(text);
        let mut shaped = Shaped::default();
        if text.is_ascii() {
            for byte in text.bytes() {
                let glyph = self.plain_glyph(byte);
                shaped.width += glyph.advance;
                shaped.glyphs.push(glyph);
            }
            return shaped;
        }
        // Runs of one direction, in the order in which they are read off the paper from left to right.
        let order = ParagraphBidiInfo::new(&text, None);
        let (levels, runs) = order.visual_runs(0..text.len());
        for run in runs {
            let is_left = levels.get(run.start).is_some_and(unicode_bidi::Level::is_rtl);
            let direction = if is_left { Direction::RightToLeft } else { Direction::LeftToRight };
            self.shape_run(text.get(run).unwrap_or_default(), direction, &mut shaped);
        }
        shaped
    }

    /// A text of which as much is shown as there is room for.
    pub fn fit(&mut self, text: &str, room: f32) -> Shaped {
        // Nobody prints more than this in one line, and shaping is not free.
        const MOST_CHARACTERS: usize = 400;
        let whole: Vec<char> = text.chars().take(MOST_CHARACTERS).collect();
        let shaped = self.shape(&whole.iter().collect::<String>());
        if shaped.width <= room || whole.is_empty() {
            return shaped;
        }
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of at most a few hundred characters"
        )]
        let mut kept = ((whole.len() as f32 * room / shaped.width) as usize).min(whole.len() - 1);
        loop {
            let text: String = whole[..kept].iter().collect::<String>().trim_end().chars().chain([REST]).collect();
            let shaped = self.shape(&text);
            if shaped.width <= room || kept == 0 {
                return shaped;
            }
            kept -= 1;
        }
    }

    /// The text with letters of this font: what it lacks is transliterated, breaks are blanks, and what is not seen goes.
    fn writable(&self, text: &str) -> String {
        if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return text.to_owned();
        }
        let mut plain = String::with_capacity(text.len());
        for c in text.chars() {
            if c.is_whitespace() {
                plain.push(' ');
            } else if is_unseen(c) {
            } else if self.face.glyph_index(c).is_some() {
                plain.push(c);
            } else {
                plain.push_str(deunicode::deunicode_char(c).unwrap_or("?"));
            }
        }
        plain
    }

    fn shape_run(&mut self, text: &str, direction: Direction, into: &mut Shaped) {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(direction);
        let output = rustybuzz::shape(&self.face, &[], buffer);
        let infos = output.glyph_infos();
        let mut clusters: Vec<usize> = infos.iter().map(|info| usize::try_from(info.cluster).unwrap_or(0)).collect();
        clusters.sort_unstable();
        clusters.dedup();
        let mut last = None;
        for (info, position) in infos.iter().zip(output.glyph_positions()) {
            let old = u16::try_from(info.glyph_id).unwrap_or(0);
            let start = usize::try_from(info.cluster).unwrap_or(0);
            // Of several glyphs for one piece of text the first stands for it.
            let end = clusters.iter().copied().find(|at| *at > start).unwrap_or(text.len());
            let stands_for = if last == Some(start) { "" } else { text.get(start..end).unwrap_or_default() };
            last = Some(start);
            let glyph = self.glyph(old, stands_for, position.x_advance);
            into.width += glyph.advance;
            into.glyphs.push(glyph);
        }
    }

    fn plain_glyph(&mut self, byte: u8) -> Glyph {
        let place = usize::from(byte & 0x7f);
        if let Some(glyph) = self.plain[place] {
            return glyph;
        }
        let c = char::from(byte);
        let old = self.face.glyph_index(c).unwrap_or_default();
        let advance = i32::from(self.face.glyph_hor_advance(old).unwrap_or(0));
        let glyph = self.glyph(old.0, c.encode_utf8(&mut [0; 4]), advance);
        self.plain[place] = Some(glyph);
        glyph
    }

    #[expect(clippy::cast_precision_loss, reason = "units of a font are a few thousand")]
    fn glyph(&mut self, old: u16, stands_for: &str, advance: i32) -> Glyph {
        let id = self.glyphs.remap(old);
        let width = f32::from(self.face.glyph_hor_advance(GlyphId(old)).unwrap_or(0)) * self.scale();
        let entry = self.used.entry(id).or_insert_with(|| (stands_for.to_owned(), width));
        if entry.0.is_empty() {
            stands_for.clone_into(&mut entry.0);
        }
        Glyph { id, advance: advance as f32 * self.scale(), width }
    }

    /// Writes the used glyphs into the file; `next` gives new places of objects.
    pub fn embed(&self, pdf: &mut Pdf, font: Ref, next: &mut impl FnMut() -> Ref) -> Result<(), PdfError> {
        let (cid, descriptor, file, words) = (next(), next(), next(), next());
        pdf.type0_font(font)
            .base_font(Name(NAME))
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(words);
        let mut writer = pdf.cid_font(cid);
        writer.subtype(CidFontType::Type2).base_font(Name(NAME)).system_info(INFO).font_descriptor(descriptor);
        writer.default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
        // Ids are given in order, without gaps.
        writer.widths().consecutive(0, self.used.values().map(|(_, width)| *width));
        writer.finish();
        self.describe(pdf, descriptor, file);
        let subset = subsetter::subset(FONT, 0, &self.glyphs).map_err(|_| PdfError::Font)?;
        let mut stream = packed(&subset);
        let length = i32::try_from(subset.len()).unwrap_or(i32::MAX);
        pdf.stream(file, &stream).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
        let mut map = UnicodeCmap::new(Name(b"Switchboard"), INFO);
        for (id, (text, _)) in &self.used {
            if !text.is_empty() {
                map.pair_with_multiple(*id, text.chars());
            }
        }
        stream = packed(map.finish().as_slice());
        pdf.cmap(words, &stream).filter(Filter::FlateDecode);
        Ok(())
    }

    fn describe(&self, pdf: &mut Pdf, descriptor: Ref, file: Ref) {
        let (scale, bounds) = (self.scale(), self.face.global_bounding_box());
        let at = |units: i16| f32::from(units) * scale;
        let bounds = Rect::new(at(bounds.x_min), at(bounds.y_min), at(bounds.x_max), at(bounds.y_max));
        let cap_height = self.face.capital_height().unwrap_or_else(|| self.face.ascender());
        pdf.font_descriptor(descriptor)
            .name(Name(NAME))
            .flags(FontFlags::SYMBOLIC)
            .bbox(bounds)
            .italic_angle(0.0)
            .ascent(at(self.face.ascender()))
            .descent(at(self.face.descender()))
            .cap_height(at(cap_height))
            .stem_v(80.0)
            .font_file2(file);
    }
}

/// Marks that only say how others are shown: controls, joiners, directions, variants.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}
