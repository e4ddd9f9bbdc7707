//! Far sides.
