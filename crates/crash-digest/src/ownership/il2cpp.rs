//! C# that IL2CPP compiled, by the class that a symbol begins with: `SystemInfo_GetDeviceModel_m3F0A…`. Such a symbol has no
//! namespace.

use super::origin::CodeOrigin;
use crate::frame::Frame;
use crate::name_table::NameTable;
use crate::name_table::NameTables;
use crate::{names, text};

/// Whose such a method is, where its class is one of .NET's or Unity's.
pub(super) fn origin(name: &str) -> Option<CodeOrigin> {
    static TABLES: NameTables<2> = NameTables::new([&DOTNET, &UNITY]);
    let which = TABLES.which(name);
    if which.has(0) {
        Some(CodeOrigin::Runtime)
    } else {
        which.has(1).then_some(CodeOrigin::Engine)
    }
}

/// Whose a method is by the file that IL2CPP wrote it into, which is called as its assembly: `mscorlib16.cpp`,
/// `Bulk_System.Xml_0.cpp`, `UnityEngine.CoreModule.cpp`.
pub(super) fn of_file(frame: &Frame<'_>) -> Option<CodeOrigin> {
    let file = frame.file?;
    if !matches!(file.as_bytes(), [.., b'.', b'c', b'p', b'p']) {
        return None;
    }
    let assembly = text::base_name(file);
    let assembly = assembly.strip_prefix("Bulk_").unwrap_or(assembly);
    let of = |name: &str| {
        assembly.strip_prefix(name).is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '_'))
        })
    };
    let origin = if ["mscorlib", "System", "netstandard"].into_iter().any(of) {
        CodeOrigin::Runtime
    } else if ["UnityEngine", "Unity"].into_iter().any(of) {
        CodeOrigin::Engine
    } else {
        return None;
    };
    // Other programs have such files as well.
    frame.function.and_then(names::il2cpp).map(|_| origin)
}

/// Classes of .NET's own library that no game gives its own classes the names of.
#[rustfmt::skip]
static DOTNET: NameTable = NameTable::new(&[
    "String_*", "StringBuilder_*", "StringComparer_*", "Int32_*", "Int64_*", "UInt32_*", "UInt64_*", "Single_*", "Double_*", "Boolean_*",
    "Byte_*", "Char_*", "Decimal_*", "Enum_*", "Guid_*", "DateTime_*", "DateTimeOffset_*", "TimeSpan_*", "TimeZoneInfo_*", "Math_*", "Random_*",
    "Convert_*", "BitConverter_*", "Buffer_*", "GC_*", "Environment_*", "Type_*", "RuntimeType_*", "Activator_*", "Assembly_*", "MethodBase_*",
    "MonoMethod_*", "MonoProperty_*", "RuntimeMethodInfo_*", "RuntimeConstructorInfo_*", "ConstructorInfo_*", "MethodInfo_*", "PropertyInfo_*", "FieldInfo_*",
    "Delegate_*", "MulticastDelegate_*", "EventHandler_*", "Predicate_1_*", "Comparison_1_*", "Func_*_Invoke*", "Action_*_Invoke*",
    "HashSet_1_*", "Queue_1_*", "Stack_1_*", "LinkedList_1_*", "SortedDictionary_2_*", "SortedList_2_*", "Enumerable_*", "Enumerator_*",
    "ConcurrentQueue_1_*", "ConcurrentDictionary_2_*", "BlockingCollection_1_*", "Hashtable_*", "ArrayList_*", "Collection_1_*", "ReadOnlyCollection_1_*",
    "Span_1_*", "ReadOnlySpan_1_*", "Memory_1_*", "Nullable_1_*", "Lazy_1_*", "Tuple_*", "ValueTuple_*", "KeyValuePair_2_*",
    "Thread_*", "ThreadPool*", "ThreadHelper_*", "ThreadStart_*", "ParameterizedThreadStart_*", "Monitor_*", "Interlocked_*", "ManualResetEvent*",
    "AutoResetEvent_*", "SemaphoreSlim_*", "WaitHandle_*", "Timer_*", "Scheduler_*", "ExecutionContext_*", "SynchronizationContext_*", "CancellationToken*",
    "Task_*", "TaskFactory*", "TaskScheduler_*", "TaskAwaiter*", "AsyncTaskMethodBuilder*", "AsyncVoidMethodBuilder*", "AsyncMethodBuilder*", "MoveNextRunner_*",
    "ConfiguredTaskAwait*", "YieldAwaitable_*", "AsyncResult_*", "QueueUserWorkItemCallback_*",
    "Stream_*", "FileStream_*", "MemoryStream_*", "StreamReader_*", "StreamWriter_*", "BinaryReader_*", "BinaryWriter_*", "TextWriter_*", "File_*",
    "Directory_*", "Path_*", "MonoIO_*", "DeflateStream_*", "GZipStream_*", "Encoding_*", "UTF8Encoding_*", "Encoder_*", "Decoder_*", "Regex_*",
    "RegexInterpreter_*", "Socket_*", "SocketAsyncResult_*", "TcpClient_*", "UdpClient_*", "NetworkStream_*", "Dns_*", "IPAddress_*", "WebRequest_*", "HttpWebRequest_*",
    "WebConnection*", "WebClient_*", "HttpClient_*", "SslStream_*", "ServicePoint*", "CultureInfo_*", "NumberFormatInfo_*", "NumberFormatter_*",
    "XmlReader_*", "XmlTextReader*", "XmlSerializer*", "XmlDocument_*", "BinaryFormatter_*", "ObjectReader_*", "SerializationInfo_*",
    "Exception_*", "ThrowHelper_*", "Marshal_*", "GCHandle_*", "AppDomain_*", "Console_*", "Debug_Assert*", "UnhandledExceptionEvent*", "Process_*", "Stopwatch_*",
]);

/// Unity's classes that no game gives its own classes the names of.
#[rustfmt::skip]
static UNITY: NameTable = NameTable::new(&[
    "SystemInfo_*", "Application_*", "GameObject_*", "Component_*", "MonoBehaviour_*", "Behaviour_*", "Transform_*", "RectTransform_*", "Object_Destroy*",
    "Object_Instantiate*", "Object_FindObject*", "Object_op_*", "Object_get_name*", "Object_set_name*", "Object_CompareBaseObjects*", "ScriptableObject_*",
    "Coroutine_*", "SetupCoroutine_*", "YieldInstruction_*", "CustomYieldInstruction_*", "WaitForSeconds*", "AsyncOperation_*", "ResourceRequest_*", "Resources_*",
    "AssetBundle_*", "AssetBundleRequest_*", "AssetBundleCreateRequest_*", "SceneManager_*", "PlayerPrefs_*", "JsonUtility_*", "Debug_*", "DebugLogHandler_*", "Logger_*",
    "StackTraceUtility_*", "UnhandledExceptionHandler_*", "UnitySynchronizationContext_*", "WorkRequest_*", "PlayerLoop*", "NativeArray_1_*",
    "JobHandle_*", "IJob*Extensions_*", "UnsafeUtility_*", "Texture_*", "Texture2D_*", "RenderTexture_*", "Sprite_*", "Material_*", "MaterialPropertyBlock_*", "Shader_*",
    "Mesh_*", "MeshRenderer_*", "MeshFilter_*", "SkinnedMeshRenderer_*", "Renderer_*", "SpriteRenderer_*", "LineRenderer_*", "Graphics_*", "GraphicsSettings_*", "QualitySettings_*",
    "CommandBuffer_*", "ComputeBuffer_*", "ComputeShader_*", "Camera_*", "Light_*", "RenderPipelineManager_*", "ScriptableRenderContext_*", "RenderPipeline_*",
    "Canvas_*", "CanvasRenderer_*", "CanvasGroup_*", "CanvasUpdateRegistry_*", "CanvasScaler_*", "Graphic_*", "MaskableGraphic_*", "GraphicRaycaster_*", "LayoutRebuilder_*", "LayoutGroup_*",
    "ScrollRect_*", "EventSystem_*", "ExecuteEvents_*", "StandaloneInputModule_*", "PointerInputModule_*", "BaseInputModule_*", "InputSystemUIInputModule_*",
    "TMP_Text_*", "TextMeshProUGUI_*", "TextMeshPro_*", "TMP_FontAsset_*", "TextGenerator_*", "UnityEvent_*", "InvokableCall*", "UnityAction_*",
    "Rigidbody_*", "Rigidbody2D_*", "Collider_*", "Collider2D_*", "BoxCollider_*", "Physics_*", "Physics2D_*", "CharacterController_*", "NavMesh_*", "NavMeshAgent_*",
    "Animator_*", "Animation_*", "AnimationClip_*", "AnimationCurve_*", "AudioSource_*", "AudioClip_*", "AudioListener_*", "ParticleSystem_*", "VideoPlayer_*",
    "AndroidJNI*", "AndroidJavaObject_*", "AndroidJavaClass_*", "AndroidJavaProxy_*", "AndroidReflection_*", "_AndroidJNIHelper_*", "GlobalJavaObjectRef_*",
    "UnityWebRequest_*", "UnityWebRequestAsyncOperation_*", "DownloadHandler*", "UploadHandler*", "Input_*", "InputSystem_*", "InputManager_*", "NativeInputSystem_*",
    "Mathf_*", "Vector2_*", "Vector3_*", "Vector4_*", "Quaternion_*", "Matrix4x4_*", "Color_*", "Color32_*", "Bounds_*", "Rect_*", "Ray_*", "Plane_*", "Time_*", "Screen_*",
    "GUI_*", "GUILayout*", "GUIStyle_*", "GUIUtility_*", "GUISkin_*", "Event_*", "Profiler_*", "Display_*", "Cursor_*", "LightmapSettings_*",
]);
