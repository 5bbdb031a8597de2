/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The storage service and the provider registry. */
#include "revert/revert_list.h"

const struct sl_revert_row sl_revert_service[] = {
    {0xca062e88, SL_EREVERT, "AddressAlreadySet(uint8 field)", NULL},
    {0x9996b315, SL_EREVERT, "AddressEmptyCode(address target)", NULL},
    {0x34fee1da, SL_EREVERT, "CacheMissPaymentAlreadyTerminated(uint256 dataSetId)",
     "Cache-miss payments of data set {dataSetId} have ended."},
    {0x1176a89f, SL_EREVERT,
     "CallerNotPayer(uint256 dataSetId,address expectedPayer,address caller)",
     "Only the payer {expectedPayer} of data set {dataSetId} may do this, not "
     "{caller}. Use the key of the paying account."},
    {0x7e47554b, SL_EREVERT,
     "CallerNotPayerOrPayee(uint256 dataSetId,address expectedPayer,address expectedPayee,address caller)",
     "Data set {dataSetId} can be terminated only by its payer {expectedPayer} or "
     "its payee {expectedPayee}, not by {caller}. Use the key of the paying account."},
    {0xed73634e, SL_EREVERT, "CallerNotPayments(address expected,address actual)", NULL},
    {0x0e8f65a0, SL_EREVERT,
     "CallerNotServiceProvider(uint256 dataSetId,address expectedServiceProvider,address caller)",
     "Only the provider {expectedServiceProvider} may do this with data set "
     "{dataSetId}, not {caller}."},
    {0x84046c96, SL_EREVERT, "AuthorizerReentrancy()",
     "The authorizer contract of the data set called back into the storage service, "
     "which refused. Use another data set, or clear its authorizer."},
    {0x8b82bf2b, SL_EREVERT, "CDNPaymentAlreadyTerminated(uint256 dataSetId)",
     "CDN payments of data set {dataSetId} have ended."},
    {0xc41d66e8, SL_EREVERT,
     "ChallengeWindowTooEarly(uint256 dataSetId,uint256 windowStart,uint256 nowBlock)", NULL},
    {0xdb94c961, SL_EREVERT, "ClientDataSetAlreadyRegistered(uint256 clientDataSetId)",
     "The number {clientDataSetId} was used before: an earlier request with it has "
     "already landed on chain. Look there for its result; do not pay again."},
    {0x45d4d477, SL_EREVERT,
     "CommissionExceedsMaximum(uint8 commissionType,uint256 max,uint256 actual)", NULL},
    {0xfe273e03, SL_EREVERT,
     "DataSetNotAbandoned(uint256 dataSetId,uint256 requiredEpoch,uint256 currentBlock)", NULL},
    {0x1f7a6b73, SL_EREVERT, "DataSetNotFoundForRail(uint256 railId)", NULL},
    {0x8a961ba3, SL_EREVERT, "DataSetNotRegistered(uint256 dataSetId)",
     "Data set {dataSetId} does not belong to this storage service."},
    {0x211a40c0, SL_EREVERT, "DataSetPaymentAlreadyTerminated(uint256 dataSetId)",
     "Data set {dataSetId} is terminated: nothing can be added to it. Use or create "
     "another one."},
    {0xd7c45de5, SL_EREVERT,
     "DataSetPaymentBeyondEndEpoch(uint256 dataSetId,uint256 pdpEndEpoch,uint256 currentBlock)",
     "Data set {dataSetId} was paid until epoch {pdpEndEpoch}; it is epoch "
     "{currentBlock} now and it can no longer be changed."},
    {0xca210722, SL_EREVERT, "DuplicateMetadataKey(uint256 dataSetId,string key)",
     "The metadata key {key} is there twice. Remove one."},
    {0x4c9c8ce3, SL_EREVERT, "ERC1967InvalidImplementation(address implementation)", NULL},
    {0xb398979f, SL_EREVERT, "ERC1967NonPayable()", NULL},
    {0x6a514229, SL_EREVERT, "ExtraDataRequired()", "The request carried no signed data."},
    {0xa9255222, SL_EREVERT, "ExtraDataTooLarge(uint256 actualSize,uint256 maxAllowedSize)",
     "The signed data has {actualSize} bytes, at most {maxAllowedSize} are accepted. "
     "Use less metadata."},
    {0xd6bda275, SL_EREVERT, "FailedCall()", NULL},
    {0x54f754fd, SL_EREVERT, "FilBeamServiceNotConfigured(uint256 dataSetId)",
     "Data set {dataSetId} was created without CDN."},
    {0x5416eb98, SL_EREVERT, "FunctionNotFound(bytes4 selector)",
     "The storage service does not know this function: it has another version than "
     "this program expects. Update sluice."},
    {0xdd978c4f, SL_EREVERT, "InsufficientCapabilitiesForProduct(uint8 productType)", NULL},
    {0xdfca894c, SL_EMONEY,
     "InsufficientLockupAllowance(address payer,address operator,uint256 lockupAllowance,uint256 lockupUsage,uint256 lockupRequired)",
     "The approval of {payer} lets the service lock up {lockupAllowance:usdfc} and "
     "{lockupUsage:usdfc} of it is in use; {lockupRequired:usdfc} more is needed. "
     "Raise the lockup allowance."},
    {0xdae03403, SL_EMONEY,
     "InsufficientLockupFunds(address payer,uint256 required,uint256 available)",
     "The payment account of {payer} has {available:usdfc} available, a new data set "
     "needs {required:usdfc}. Deposit USDFC and try again."},
    {0x591b6546, SL_EMONEY,
     "InsufficientMaxLockupPeriod(address payer,address operator,uint256 maxLockupPeriod,uint256 requiredLockupPeriod)",
     "The approval of {payer} lets the service lock funds for "
     "{maxLockupPeriod:days}; it needs {requiredLockupPeriod:days}. Approve a longer "
     "period."},
    {0x3a66032e, SL_EMONEY,
     "InsufficientRateAllowance(address payer,address operator,uint256 rateAllowance,uint256 rateUsage,uint256 rateRequired)",
     "The approval of {payer} allows the service {rateAllowance:month} and "
     "{rateUsage:month} of it is in use; {rateRequired:month} more is needed. Raise "
     "the rate allowance."},
    {0x985bf88a, SL_EREVERT,
     "InvalidChallengeCount(uint256 dataSetId,uint256 minExpected,uint256 actual)", NULL},
    {0x25a0c7f7, SL_EREVERT,
     "InvalidChallengeEpoch(uint256 dataSetId,uint256 minAllowed,uint256 maxAllowed,uint256 actual)",
     NULL},
    {0x5d0ad0ad, SL_EREVERT,
     "InvalidChallengeWindowSize(uint256 maxProvingPeriod,uint256 challengeWindowSize)", NULL},
    {0xfc77af59, SL_EREVERT, "InvalidDataSetAuthorizer(address authorizer)",
     "The authorizer {authorizer} is not a contract. Name a contract, or clear it."},
    {0xcba16d8c, SL_EREVERT, "InvalidDataSetId(uint256 dataSetId)",
     "There is no data set {dataSetId}."},
    {0xbb4e0af7, SL_EREVERT, "InvalidEpochRange(uint256 fromEpoch,uint256 toEpoch)", NULL},
    {0xf92ee8a9, SL_EREVERT, "InvalidInitialization()", NULL},
    {0x42d750dc, SL_EKEY, "InvalidSignature(address expected,address actual)",
     "The signature is by {actual}, which may not act for {expected}. Check that the "
     "key belongs to the paying account, or that its session is still authorised, "
     "and that the network is the right one."},
    {0xd615d706, SL_EKEY, "InvalidSignatureLength(uint256 expectedLength,uint256 actualLength)",
     "The signature has {actualLength} bytes instead of {expectedLength}."},
    {0x2c5e9e88, SL_EREVERT, "InvalidTopUpAmount(uint256 dataSetId)",
     "Both top-up amounts for data set {dataSetId} are zero."},
    {0xab9ff1e7, SL_EREVERT, "MaxProvingPeriodZero()", NULL},
    {0x9b7cf882, SL_EREVERT,
     "MetadataArrayCountMismatch(uint256 metadataArrayCount,uint256 pieceCount)",
     "Metadata for {metadataArrayCount} pieces, but {pieceCount} pieces."},
    {0xa3741480, SL_EREVERT,
     "MetadataKeyAndValueLengthMismatch(uint256 keysLength,uint256 valuesLength)",
     "{keysLength} metadata keys but {valuesLength} values."},
    {0xd307879f, SL_EREVERT,
     "MetadataKeyExceedsMaxLength(uint256 index,uint256 maxAllowed,uint256 length)",
     "A metadata key has {length} bytes, at most {maxAllowed} are accepted. Shorten "
     "it."},
    {0x9a16e82a, SL_EREVERT,
     "MetadataValueExceedsMaxLength(uint256 index,uint256 maxAllowed,uint256 length)",
     "A metadata value has {length} bytes, at most {maxAllowed} are accepted. "
     "Shorten it."},
    {0x033bf3f1, SL_EREVERT,
     "NextProvingPeriodAlreadyCalled(uint256 dataSetId,uint256 periodDeadline,uint256 nowBlock)",
     NULL},
    {0x5d3bfcbb, SL_EREVERT, "NoPDPPaymentRail(uint256 dataSetId)",
     "Data set {dataSetId} has no payment rail."},
    {0xd7e6bcf8, SL_EREVERT, "NotInitializing()", NULL},
    {0x23964715, SL_EREVERT,
     "OldServiceProviderMismatch(uint256 dataSetId,address expected,address actual)", NULL},
    {0xdea95388, SL_EREVERT, "OnlyDataSetPayer(uint256 dataSetId,address actual)",
     "Only the account that pays for data set {dataSetId} may do this; {actual} is "
     "another one. Use the key of the paying account."},
    {0xc2aebdff, SL_EREVERT, "OnlyFilBeamControllerAllowed(address expected,address actual)", NULL},
    {0x6459cb42, SL_EREVERT, "OnlyPDPVerifierAllowed(address expected,address actual)",
     "This call must come from the proof contract {expected}, not from {actual}."},
    {0x3ce8f537, SL_EREVERT, "OnlySelf(address expected,address actual)", NULL},
    {0xeef23db6, SL_EMONEY, "OperatorNotApproved(address payer,address operator)",
     "{payer} has not approved the storage service {operator} as payment operator. "
     "Approve it once, then try again."},
    {0x1e4fbdf7, SL_EREVERT, "OwnableInvalidOwner(address owner)", NULL},
    {0x118cdaa7, SL_EREVERT, "OwnableUnauthorizedAccount(address account)", NULL},
    {0x23fe2e89, SL_EREVERT, "PaymentRailsNotFinalized(uint256 dataSetId,uint256 pdpEndEpoch)",
     "Payments of data set {dataSetId} run until epoch {pdpEndEpoch}; it can be "
     "deleted only after that."},
    {0x425335c3, SL_EREVERT, "ProofAlreadySubmitted(uint256 dataSetId)", NULL},
    {0x431cf638, SL_EREVERT, "ProviderAlreadyApproved(uint256 providerId)", NULL},
    {0xe8b6d0b4, SL_EREVERT, "ProviderIdMismatchAtIndex(uint256 index,uint256 providerId)", NULL},
    {0x52d6fdb5, SL_EREVERT, "ProviderNotInApprovedList(uint256 providerId)",
     "Provider {providerId} is not approved by the storage service. Choose another "
     "one."},
    {0x232cb27a, SL_EREVERT, "ProviderNotRegistered(address provider)",
     "The provider {provider} is not registered. Choose another one."},
    {0x28bb1a79, SL_EREVERT, "ProvingNotStarted(uint256 dataSetId)",
     "Data set {dataSetId} has not begun its proofs yet. Ask again later."},
    {0x999010d5, SL_EREVERT, "ProvingPeriodNotInitialized(uint256 dataSetId)",
     "Data set {dataSetId} has not begun its proofs yet. Ask again later."},
    {0x9514f828, SL_EREVERT,
     "ProvingPeriodPassed(uint256 dataSetId,uint256 deadline,uint256 nowBlock)", NULL},
    {0x46a1a68a, SL_EREVERT,
     "RailNotFullySettled(uint256 railId,uint256 settledUpTo,uint256 endEpoch)",
     "Payment rail {railId} is settled up to epoch {settledUpTo}, not to its end "
     "{endEpoch}. Settle it first."},
    {0x1a1e3e28, SL_EREVERT, "ServiceContractMustTerminateRail()", NULL},
    {0xd42b7522, SL_EREVERT, "StorageProviderChangesNotSupported()", NULL},
    {0xd516067a, SL_EREVERT, "TooManyMetadataKeys(uint256 maxAllowed,uint256 keysLength)",
     "{keysLength} metadata entries, at most {maxAllowed} are accepted. Remove some."},
    {0x05aa5b2d, SL_EREVERT,
     "Unauthorized(address payer,bytes32 operation,bytes32 digest,bytes signature)",
     "The data set has an authorizer contract, which refused this operation of the "
     "payer {payer}. Use another data set, or clear its authorizer."},
    {0x425c1fae, SL_EKEY, "UnsupportedSignatureV(uint8 v)",
     "The signature ends with {v}, which no contract accepts."},
    {0xe07c8dba, SL_EREVERT, "UUPSUnauthorizedCallContext()", NULL},
    {0xaa1d49a4, SL_EREVERT, "UUPSUnsupportedProxiableUUID(bytes32 slot)", NULL},
    {0x620b9903, SL_EREVERT, "ZeroAddress(uint8 field)",
     "An address is missing in the request (field {field})."},
};

const size_t sl_revert_service_count = sizeof sl_revert_service / sizeof sl_revert_service[0];
