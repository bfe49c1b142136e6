//! Logos: small pictures, known by their bytes. No SVG: that is a program.

/// Largest logo, in bytes.
pub const LOGO_BYTES_MAX: usize = 64 * 1024;

/// A kind of picture that every browser shows and none runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoType {
    Png,
    Jpeg,
    WebP,
}

/// Why a logo is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoFault {
    #[error("the file is empty")]
    Empty,
    #[error("the file has more than 65536 bytes")]
    TooLarge,
    #[error("the file is no PNG, JPEG or WebP picture")]
    NotAPicture,
}

impl LogoType {
    pub const ALL: [Self; 3] = [Self::Png, Self::Jpeg, Self::WebP];

    /// Judges a file by its bytes; what it is called does not count.
    ///
    /// # Errors
    /// [`LogoFault`].
    pub fn of(bytes: &[u8]) -> Result<Self, LogoFault> {
        if bytes.is_empty() {
            return Err(LogoFault::Empty);
        }
        if bytes.len() > LOGO_BYTES_MAX {
            return Err(LogoFault::TooLarge);
        }
        // PNG (RFC 2083 section 12.11) begins with its signature and the IHDR chunk, JPEG with SOI and
        // another marker, WebP (RFC 9649 section 2.4) with RIFF, a length, and its name.
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR") {
            Ok(Self::Png)
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            Ok(Self::Jpeg)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Ok(Self::WebP)
        } else {
            Err(LogoFault::NotAPicture)
        }
    }

    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }

    /// The type that goes by this media type.
    #[must_use]
    pub fn from_media_type(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|logo| logo.media_type() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_bytes_and_nothing_else_is_one() {
        assert_eq!(LogoType::of(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0"), Ok(LogoType::Png));
        assert_eq!(LogoType::of(b"\xff\xd8\xff\xe0\0\x10JFIF"), Ok(LogoType::Jpeg));
        assert_eq!(LogoType::of(b"RIFF\x1a\0\0\0WEBPVP8 "), Ok(LogoType::WebP));
        let others: [&[u8]; 5] =
            [b"<svg xmlns=", b"GIF89a", b"\x89PNG", b"RIFF\x1a\0\0\0WAVE", b"<!doctype html>"];
        for other in others {
            assert_eq!(LogoType::of(other), Err(LogoFault::NotAPicture));
        }
        assert_eq!(LogoType::of(b""), Err(LogoFault::Empty));
        let mut large = b"\xff\xd8\xff".to_vec();
        large.resize(LOGO_BYTES_MAX, 0);
        assert_eq!(LogoType::of(&large), Ok(LogoType::Jpeg));
        large.push(0);
        assert_eq!(LogoType::of(&large), Err(LogoFault::TooLarge));
    }
}
