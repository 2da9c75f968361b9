//! Stories across lanes. They stand in `stories/`, one file for each thing that must hold.
