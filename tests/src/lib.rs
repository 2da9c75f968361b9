//! Stories across lanes; they stand in tests/stories/.
