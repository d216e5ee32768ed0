//! Forms with a file in them (RFC 7578). By hand: it is ten lines, and the client's own brings a table of all file types.

/// A form that is being written.
pub struct Form {
    boundary: String,
    body: Vec<u8>,
}

impl Form {
    /// `file` decides the boundary: what does not occur in it cannot end it.
    pub fn new(file: &[u8]) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, file);
        let boundary = format!("switchboard-{}", hex::encode(&digest.as_ref()[..16]));
        Self { boundary, body: Vec::with_capacity(file.len() + 1_024) }
    }

    pub fn text(mut self, name: &str, value: &str) -> Self {
        let head = format!("--{}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n", self.boundary);
        self.body.extend_from_slice(head.as_bytes());
        self
    }

    /// `file_name` and `content_type` are ours, never a person's.
    pub fn file(mut self, name: &str, file_name: &str, content_type: &str, file: &[u8]) -> Self {
        let head = format!(
            "--{}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: \
             {content_type}\r\n\r\n",
            self.boundary
        );
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(file);
        self.body.extend_from_slice(b"\r\n");
        self
    }

    /// The content type and the body.
    pub fn finish(mut self) -> (String, Vec<u8>) {
        self.body.extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        (format!("multipart/form-data; boundary={}", self.boundary), self.body)
    }
}
