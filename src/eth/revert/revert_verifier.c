/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The proof contract and the list of endorsed providers. */
#include "revert/revert_list.h"

const struct sl_revert_row sl_revert_verifier[] = {
    {0xaa212f88, SL_EREVERT, "CidTooShort()", "A PieceCID is too short."},
    {0x6cd8170b, SL_EREVERT, "CleanupDepositRequired()",
     "The provider sent too little FIL as deposit for the new data set. Try again or "
     "choose another provider."},
    {0xf8adeb0f, SL_EREVERT, "DataSetAlreadyInCleanup()",
     "The data set is already being cleaned up."},
    {0x9a83803e, SL_EREVERT, "DataSetNotFound()", "There is no such data set."},
    {0xff68acb3, SL_EREVERT, "DataSetNotInCleanupMode()", NULL},
    {0x5d946944, SL_EREVERT, "DataSetNotLive()",
     "The data set does not exist, is deleted, or is being cleaned up."},
    {0x94f8ae62, SL_EREVERT, "DepositTransferFailed()", NULL},
    {0xdeff3030, SL_EREVERT, "EmptyRemovalBatch()", "No piece was named for removal."},
    {0x3e9308a1, SL_EREVERT, "ExcessiveChallengeDelay(uint256 epochs,uint256 maxDelay)", NULL},
    {0xc7b67cf3, SL_EREVERT, "IndexedError(uint256 idx,string msg)",
     "Piece number {idx} of the request was refused: {msg}."},
    {0x85a3808f, SL_EREVERT, "InsufficientChallengeDelay(uint256 epochs,uint256 minDelay)", NULL},
    {0xef3f80ca, SL_EREVERT, "InvalidCommPv2DigestLength()", "A PieceCID is malformed."},
    {0xac84d0eb, SL_EREVERT, "InvalidCommPv2MultihashLength()", "A PieceCID is malformed."},
    {0x9fb2f4f6, SL_EREVERT, "InvalidCommPv2Prefix()", "A PieceCID is not of version 2."},
    {0x0c760937, SL_EREVERT, "InvalidImplementation(address implementation)", NULL},
    {0x1cdf7c97, SL_EREVERT, "InvalidPieceDeletionBatch()",
     "The provider asked to apply more removals than are queued, or none."},
    {0x98bfb606, SL_EREVERT, "MaxPiecesMustBePositive()", NULL},
    {0x05f1f3f6, SL_EREVERT, "NonMinimalUvarint()", "A PieceCID is malformed."},
    {0x96b006b8, SL_EREVERT, "NoPiecesToProve()",
     "The data set has no pieces, so there is nothing to prove."},
    {0x87b3b69d, SL_EREVERT, "OnlyStorageProvider()",
     "Only the storage provider of the data set may do this."},
    {0xf2e3a80d, SL_EREVERT, "OnlyStorageProviderCanCleanupPieces()", NULL},
    {0xf028d094, SL_EREVERT, "OnlyStorageProviderCanDelete()",
     "Only the storage provider can delete this data set."},
    {0xb35a940f, SL_EREVERT, "PendingPieceDeletions(uint256 count)",
     "The provider has to apply {count} queued removals of this data set first. Try "
     "again after the next proving period."},
    {0xf12ce69c, SL_EREVERT, "PieceMetadataOverflow()",
     "A piece is too large for the contract. Split the file into smaller parts."},
    {0xc626b1f8, SL_EREVERT, "ProviderIdNotFound(uint256 providerId)", NULL},
    {0x1925da3f, SL_EREVERT, "ProviderIdTooLarge(uint256 providerId)", NULL},
    {0x90b8ec18, SL_EREVERT, "TransferFailed()", "A deposit could not be paid back."},
    {0xdfa7acec, SL_EREVERT, "UnterminatedUvarint()", "A PieceCID is malformed."},
    {0x0d8ca071, SL_EREVERT, "UvarintOverflow()", "A PieceCID is malformed."},
};

const size_t sl_revert_verifier_count = sizeof sl_revert_verifier / sizeof sl_revert_verifier[0];
