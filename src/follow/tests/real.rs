//! What a real bash passes to commands, beside what following says.
