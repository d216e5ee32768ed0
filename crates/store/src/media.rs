//! Recordings and other media, in a local folder or an S3-compatible store.
