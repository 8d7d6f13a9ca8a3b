"""What is heard: levels, loudness, true peak, tempo, key, waveforms, coherence of stems."""
