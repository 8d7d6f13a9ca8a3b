"""Works: releases and remixes as rows and as their pages show them, edits, withdrawal, tombstones."""
